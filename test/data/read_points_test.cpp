// Binary points that are seen in the page cache, or read from files again and again: with the same bits.
#include <doctest/doctest.h>
#include <unistd.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "pel/error.hpp"
#include "pel/points.hpp"
#include "run_datasets.hpp"

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
