// Binary points that are seen in the page cache, or read from files again and again: with the same bits.
#include <doctest/doctest.h>
#include <unistd.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "pel/error.hpp"
#include "pel/points.hpp"
#include "run_datasets.hpp"
#include "store/result_file.hpp"

using namespace pel::test;
using pel::Job;
using pel::Reread;

namespace {

constexpr std::size_t width = 17;

std::string rows(std::uint64_t n, std::uint64_t first = 0) {
  std::string bytes;
  for (std::uint64_t i = first * width; i < (first + n) * width; ++i) {
    auto const number = static_cast<double>(pel::base::mix64(i)) * 1e-15;
    bytes.append(reinterpret_cast<char const*>(&number), sizeof number);
  }
  return bytes;
}

// As blocks end where they do, a sum of their sums tells whether they end elsewhere.
struct Sum {
  double value = 0;
  Sum& operator+=(Sum other) {
    value += other.value;
    return *this;
  }
};

std::vector<std::uint64_t> sums(Words const& options, std::vector<std::string> const& files, Reread reread,
                                int passes = 3) {
  std::vector<std::uint64_t> found;
  (void)run_datasets(options, [&](Job& job) {
    auto const points = pel::read_points(job, files, width, {}, reread);
    for (int i = 0; i < passes; ++i) {
      auto const sum = points.aggregate<Sum>([](pel::Points block, Sum& all) {
        double of_block = 0;
        for (auto const value : block.values()) of_block += value;
        all.value += of_block;
      });
      found.push_back(std::bit_cast<std::uint64_t>(sum.value));
    }
  });
  return found;
}

}  // namespace

TEST_CASE("mapped points are those of files, block by block") {
  std::vector<std::string> const files{text_file(rows(9'000)), text_file(""), text_file(rows(11'001, 9'000))};
  for (auto const& shape : dataset_shapes()) {
    auto const read = sums(shape.options(), files, Reread::files);
    CHECK(sums(shape.options(), files, Reread::mapped) == read);
    auto little = shape.options();
    little.insert(little.end(), {"--memory", "1M"});  // too little to map them
    CHECK(sums(little, files, Reread::mapped) == read);
  }
}

TEST_CASE("points of HDF5 in parts are those of one file, in the order of names") {
  namespace store = pel::store;
  auto const write = [](std::string const& path, std::uint64_t n, std::uint64_t first) {
    auto const bytes = rows(n, first);
    auto const at = store::create_hdf5_part(path, {}, {{"points", pel::base::ElementType::f64, {width}, 0, n}});
    std::fstream(path, std::ios::binary | std::ios::in | std::ios::out).seekp(static_cast<std::streamoff>(at[0]))
        << bytes;
  };
  auto const one = fresh_path(".h5"), many = fresh_path(".h5/");
  if (rank() == 0) {
    write(one, 20'001, 0);
    std::filesystem::create_directory(many);
    write(many + "part-00001.h5", 0, 7'000);
    write(many + "part-00000.h5", 7'000, 0);
    write(many + "part-00002.h5", 13'001, 7'000);
  }
  meet();
  auto const all = rows(20'001);
  for (auto const& shape : dataset_shapes())
    for (auto const& name : {one, many, many + ":/points", many + "part-*.h5:/points"}) {
      std::string found;
      (void)run_datasets(shape.options(), [&](Job& job) {
        for (auto const number : pel::read_points(job, {name})
                                     .flat_map<double>([](auto const point, auto emit) {
                                       for (auto const value : point) emit(value);
                                     })
                                     .collect())
          found.append(reinterpret_cast<char const*>(&number), sizeof number);
      });
      CHECK(found == all);
    }
}

TEST_CASE("a file that is cut short between two passes is bad data on all ranks") {
  for (auto const reread : {Reread::files, Reread::mapped}) {
    auto const path = text_file(rows(9'000));
    CHECK_THROWS_AS((void)run_datasets({"--partitions", "7"},
                                       [&](Job& job) {
                                         auto const points = pel::read_points(job, {path}, width, {}, reread);
                                         CHECK(points.size() == 9'000);
                                         meet();
                                         if (rank() == 0) CHECK(::truncate(path.c_str(), 100'000) == 0);
                                         meet();
                                         (void)points.size();
                                       }),
                    pel::BadData);
  }
}

TEST_CASE("a number that is not finite is refused where it lies, mapped or not") {
  auto bytes = rows(500);
  auto const bad = std::numeric_limits<double>::quiet_NaN();
  std::memcpy(bytes.data() + (400 * width + 3) * sizeof bad, &bad, sizeof bad);
  auto const path = text_file(bytes);
  for (auto const reread : {Reread::files, Reread::mapped}) {
    try {
      (void)sums({"--partitions", "7"}, {path}, reread);
      FAIL("it was taken");
    } catch (pel::BadData const& error) {
      CHECK(error.offset == static_cast<std::int64_t>((400 * width + 3) * sizeof bad));
    }
  }
}
