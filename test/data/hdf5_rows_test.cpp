#include "data/hdf5_rows.hpp"

#include <doctest/doctest.h>
#include <hdf5.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "pel/error.hpp"
#include "temporary_directory.hpp"

using pel::data::Hdf5Rows;
using pel::store::row_layout;
using pel::test::TemporaryDirectory;

namespace {

// How a dataset is written; no chunk: contiguous.
struct Written {
  std::vector<hsize_t> shape{23, 5};
  std::vector<hsize_t> chunk{};
  bool shuffle = false, deflate = false, checksum = false;
  bool whole = true;  // else nothing is written into it
};

std::vector<double> numbers_of(Written const& how) {
  std::size_t n = 1;
  for (auto const extent : how.shape) n *= extent;
  std::vector<double> numbers(n);
  for (std::size_t i = 0; i < n; ++i) numbers[i] = static_cast<double>(i) * 0.5 - 3;
  return numbers;
}

std::string write(TemporaryDirectory const& folder, Written const& how, hid_t type = H5T_IEEE_F64LE) {
  static int files = 0;
  auto path = folder.path(std::to_string(files++) + ".h5");
  auto const file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  auto const group = H5Gcreate2(file, "mesh", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  auto const creation = H5Pcreate(H5P_DATASET_CREATE);
  if (!how.chunk.empty()) H5Pset_chunk(creation, static_cast<int>(how.chunk.size()), how.chunk.data());
  if (how.shuffle) H5Pset_shuffle(creation);
  if (how.deflate) H5Pset_deflate(creation, 6);
  if (how.checksum) H5Pset_fletcher32(creation);
  auto const space = H5Screate_simple(static_cast<int>(how.shape.size()), how.shape.data(), nullptr);
  auto const dataset = H5Dcreate2(group, "points", type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
  auto const numbers = numbers_of(how);
  if (how.whole) CHECK(H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers.data()) >= 0);
  H5Dclose(dataset);
  H5Sclose(space);
  H5Pclose(creation);
  H5Gclose(group);
  H5Fclose(file);
  return path;
}

Hdf5Rows::Part part_of(std::string const& path) {
  Hdf5Rows::Part part;
  part.source = {path, std::filesystem::file_size(path), nullptr};
  part.dataset = "/mesh/points";
  part.layout = row_layout(path, part.dataset);
  return part;
}

std::vector<double> read(Hdf5Rows const& rows, pel::data::ByteRange range) {
  std::vector<double> numbers;
  rows.read(range, [&](std::span<std::byte const> bytes) {
    auto const at = numbers.size();
    numbers.resize(at + bytes.size() / sizeof(double));
    std::memcpy(numbers.data() + at, bytes.data(), bytes.size());
  });
  return numbers;
}

std::string refused(std::string const& path) {
  try {
    Hdf5Rows const rows({part_of(path)});
    (void)read(rows, {0, rows.rows()});
  } catch (pel::BadData const& bad) {
    return bad.problem;
  }
  return "it is read";
}

}  // namespace

TEST_CASE("rows of any range are what was written, however it lies in the file") {
  TemporaryDirectory const folder;
  for (auto const& how : std::vector<Written>{{},
                                              {.shape = {40'000, 2}},
                                              {.shape = {23}},
                                              {.shape = {23}, .chunk = {7}, .shuffle = true, .deflate = true},
                                              {.chunk = {23, 5}},
                                              {.chunk = {4, 2}},
                                              {.chunk = {20, 3}, .deflate = true},
                                              {.chunk = {1, 5}, .shuffle = true},
                                              {.chunk = {6, 4}, .shuffle = true, .deflate = true}}) {
    auto const right = numbers_of(how);
    Hdf5Rows const rows({part_of(write(folder, how))});
    auto const width = how.shape.size() == 1 ? 1 : how.shape[1];

    CHECK(rows.rows() == how.shape[0]);
    CHECK(rows.width() == width);
    CHECK(rows.flat() == (how.shape.size() == 1));
    for (auto const& [begin, end] :
         std::vector<std::pair<std::uint64_t, std::uint64_t>>{{0, how.shape[0]}, {0, 0}, {3, 4}, {5, 17}, {22, 23}}) {
      auto const at = right.begin() + static_cast<std::ptrdiff_t>(begin * width);
      CHECK(read(rows, {begin, end}) ==
            std::vector<double>(at, right.begin() + static_cast<std::ptrdiff_t>(end * width)));
    }
  }
}

TEST_CASE("datasets of several files follow one another, if they are of one type and width") {
  TemporaryDirectory const folder;
  Written const first{.shape = {3, 5}}, second{.shape = {0, 5}, .chunk = {2, 5}},
      third{.shape = {4, 5}, .chunk = {2, 5}};
  Hdf5Rows const rows({part_of(write(folder, first)), part_of(write(folder, second)), part_of(write(folder, third))});
  auto right = numbers_of(first);
  auto const more = numbers_of(third);
  right.insert(right.end(), more.begin(), more.end());

  CHECK(rows.rows() == 7);
  CHECK(read(rows, {0, 7}) == right);
  CHECK_THROWS_AS(rows.must_be(pel::base::ElementType::f64, false, 4), pel::BadData);
  CHECK_THROWS_AS(rows.refuse(4, "what is wrong"), pel::BadData);
  CHECK_THROWS_AS(Hdf5Rows({part_of(write(folder, first)), part_of(write(folder, {.shape = {3, 4}}))}), pel::BadData);
}

TEST_CASE("what cannot be read is refused") {
  TemporaryDirectory const folder;
  CHECK(refused(write(folder, {}, H5T_IEEE_F64BE)) == "its elements are no numbers of a usual size, little-endian");
  CHECK(refused(write(folder, {.shape = {2, 2, 2}})) == "has 3 dimensions: rows of numbers have one or two");
  CHECK(refused(write(folder, {.chunk = {4, 2}, .checksum = true})).starts_with("is filtered by fletcher32"));
  CHECK(refused(write(folder, {.chunk = {4, 2}, .whole = false})) == "row 0 was never written");
  CHECK(refused(write(folder, {.whole = false})).find("was never written") != std::string::npos);
  auto const good = write(folder, {});
  CHECK_THROWS_AS((void)row_layout(good, "/mesh/faces"), pel::MissingInput);
  CHECK_THROWS_AS((void)row_layout(good, "/other/points"), pel::MissingInput);
  CHECK_THROWS_AS((void)row_layout(folder.path("missing.h5"), "/points"), pel::MissingInput);
  CHECK_THROWS_AS((void)row_layout(folder.write("text.h5", "1,2\n3,4\n"), "/points"), pel::BadData);
  CHECK_THROWS_AS((void)row_layout(good, "/mesh"), pel::BadData);
}

TEST_CASE("a damaged or cut file is refused") {
  TemporaryDirectory const folder;
  auto const path = write(folder, {.shape = {500, 5}, .chunk = {100, 5}, .deflate = true});
  auto const place = row_layout(path, "/mesh/points").chunks.at(2);
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(place.offset + place.bytes / 2));
    file.write("damage", 6);
  }
  CHECK(refused(path) == "the chunk here is damaged");
  std::filesystem::resize_file(path, place.offset + 4);
  CHECK(refused(path) != "it is read");
}
