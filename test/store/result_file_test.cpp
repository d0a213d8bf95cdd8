#include "store/result_file.hpp"

#include <doctest/doctest.h>

#include <array>
#include <span>
#include <string>
#include <vector>

#include "sample_checkpoint.hpp"
#include "store/hdf5.hpp"

namespace fs = std::filesystem;
namespace hdf5 = pel::store::hdf5;
using pel::base::ElementType;
using pel::store::ColumnLayout;

namespace {

template <class Value>
std::vector<Value> read_column(hdf5::File const& file, char const* name, hid_t memory_type, std::size_t n) {
  auto const dataset = hdf5::open_dataset(file, name);
  std::vector<Value> values(n);
  REQUIRE(H5Dread(dataset.id(), memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0);
  return values;
}

std::span<std::byte const> as_bytes(std::string const& text) { return std::as_bytes(std::span(text)); }

}  // namespace

TEST_CASE("a text result written piece by piece appears whole, by publish") {
  pel::test::TemporaryDirectory const scratch;
  auto const path = scratch.path() / "ranks.tsv";
  pel::test::write_text(path, "an older result");

  pel::store::create_plain(path, 10);
  pel::store::write_at(path, 4, as_bytes("second"));
  pel::store::write_at(path, 0, as_bytes("1st\n"));
  pel::store::sync(path);
  CHECK(pel::test::read_text(path) == "an older result");
  pel::store::publish(path);

  CHECK(pel::test::read_text(path) == "1st\nsecond");
  CHECK_FALSE(fs::exists(pel::store::temporary_of(path)));
}

TEST_CASE("discard leaves what was there before") {
  pel::test::TemporaryDirectory const scratch;
  auto const path = scratch.path() / "r";
  pel::test::write_text(path, "old");
  pel::store::create_plain(path, 3);

  pel::store::discard(path);
  pel::store::discard(path);

  CHECK(pel::test::read_text(path) == "old");
  CHECK_FALSE(fs::exists(pel::store::temporary_of(path)));
}

TEST_CASE("an HDF5 result has typed columns, attributes and a scale on every axis") {
  pel::test::TemporaryDirectory const scratch;
  auto const path = scratch.path() / "r.h5";
  std::vector<ColumnLayout> const columns{{"vertex", ElementType::i64, {}, 0, 3},
                                          {"position", ElementType::f32, {2, 2}, 0, 3},
                                          {"row", ElementType::boolean, {}, 0, 3},
                                          {"name", ElementType::u8, {}, 5, 3},
                                          {"packed", ElementType::u8, {}, 0, 7, "utf-8 bytes"},
                                          {"none", ElementType::f64, {}, 0, 0}};
  std::vector<std::int64_t> const vertices{7, -8, 9};
  std::vector<float> const positions{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};

  auto const offsets = pel::store::create_hdf5(path, {{"app", "pagerank"}, {"empty", ""}, {"superstep", -1}}, columns);
  REQUIRE(offsets.size() == columns.size());
  pel::store::write_at(path, offsets[0], std::as_bytes(std::span(vertices)));
  pel::store::write_at(path, offsets[1], std::as_bytes(std::span(positions)));
  pel::store::write_at(path, offsets[2], as_bytes(std::string("\1\0\1", 3)));
  pel::store::write_at(path, offsets[3], as_bytes(std::string("ab\0\0\0caf\xc3\xa9\0\0\0\0\0", 15)));
  pel::store::sync(path);
  pel::store::publish(path);

  auto const file = hdf5::open_file(path);
  CHECK(read_column<std::int64_t>(file, "vertex", H5T_NATIVE_INT64, 3) == vertices);
  CHECK(read_column<float>(file, "position", H5T_NATIVE_FLOAT, 12) == positions);
  CHECK(read_column<std::uint8_t>(file, "row", H5T_NATIVE_UINT8, 3) == std::vector<std::uint8_t>{1, 0, 1});
  CHECK(hdf5::text_of(hdf5::open_dataset(file, "row").id(), "encoding") == "bool");
  CHECK(hdf5::shape_of(hdf5::open_dataset(file, "position")) == hdf5::Shape{3, 2, 2});
  CHECK(hdf5::text_of(hdf5::open_dataset(file, "packed").id(), "encoding") == "utf-8 bytes");
  CHECK_FALSE(hdf5::has_attribute(hdf5::open_dataset(file, "name").id(), "encoding"));
  CHECK(hdf5::integer_of(file.id(), "superstep") == -1);
  CHECK(hdf5::has_attribute(file.id(), "app"));
  CHECK(hdf5::shape_of(hdf5::open_dataset(file, "none")) == hdf5::Shape{0});
  CHECK(hdf5::element_bytes(hdf5::open_dataset(file, "name")) == 5);
  for (auto const* name : {"row_", "row_2", "axis1_2", "axis2_2"})
    CHECK(hdf5::has_attribute(hdf5::open_dataset(file, name).id(), "CLASS"));
  for (auto const& column : columns)
    CHECK(hdf5::has_attribute(hdf5::open_dataset(file, column.name).id(), "DIMENSION_LIST"));
}

TEST_CASE("texts are packed where padding would be most of a large file") {
  constexpr std::uint64_t mib = std::uint64_t{1} << 20;

  CHECK(pel::store::better_packed(20001, 2 * mib, 2 * mib + 160000));
  CHECK_FALSE(pel::store::better_packed(32, 2 * mib, 2 * mib));  // 64 MiB
  CHECK(pel::store::better_packed(33, 2 * mib, 2 * mib));
  CHECK_FALSE(pel::store::better_packed(20001, 2 * mib, 20001 * mib / 2));  // four times the texts
  CHECK_FALSE(pel::store::better_packed(0, 0, 0));
  CHECK_FALSE(pel::store::better_packed(1, 4096 * mib - 1, 4096 * mib - 1));
  CHECK(pel::store::better_packed(1, 4096 * mib, 4096 * mib));  // no string of HDF5 is as long
  CHECK(pel::store::better_packed(UINT64_MAX, UINT64_MAX, 8));
}

TEST_CASE("the scales of a big result cost nothing") {
  pel::test::TemporaryDirectory const scratch;
  auto const path = scratch.path() / "r.h5";
  constexpr std::uint64_t rows = 1000000;

  static_cast<void>(pel::store::create_hdf5(path, {}, {{"x", ElementType::u8, {}, 0, rows}}));

  CHECK(fs::file_size(pel::store::temporary_of(path)) < rows + 10000);
  CHECK(fs::file_size(pel::store::temporary_of(path)) >= rows);
}
