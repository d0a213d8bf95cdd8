#include "store/part_index.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <functional>
#include <stdexcept>

using pel::partition_id;
using pel::base::ElementType;
using pel::store::FieldInfo;
using pel::store::PartIndex;
using pel::store::Table;
using pel::store::Tables;

namespace {

// Partitions 1 and 3: 10 and 30 rows of one field, the second in another file, and an empty slice of another field.
PartIndex sample_index() {
  PartIndex index;
  index.partitions = {partition_id(1), partition_id(3)};
  index.fields = {{"state/rank", ElementType::f64, {}, false}, {"state/means", ElementType::f32, {2, 3}, false}};
  index.files = {"part-00000.h5", "part-00000-of-000000002.h5"};
  index.slices = {{0, 1, 10, 0, 0, 70000, 0}, {0, 3, 30, 20, 1, 65696, 1}, {1, 3, 0, 0, 0, 0, 2}};
  index.blocks = {0xfeedU, 0xbeefU};
  return index;
}

std::vector<std::byte>& bytes_of(Tables& tables, Table table) {
  return tables.at(static_cast<std::size_t>(table)).bytes;
}

}  // namespace

TEST_CASE("a table of contents reads back from its bytes") {
  auto const index = sample_index();

  auto const read = pel::store::decoded(index.encoded());

  CHECK(read.partitions == index.partitions);
  CHECK(read.fields == index.fields);
  CHECK(read.files == index.files);
  REQUIRE(read.slices.size() == 3);
  CHECK(read.slices[1].offset == 65696);
  CHECK(read.slices[1].first_row == 20);
  CHECK(read.blocks == index.blocks);
  CHECK(read.bytes_of(read.slices[1]) == 240);
  for (std::size_t i = 0; i < pel::store::tables; ++i) CHECK(read.encoded().at(i).bytes == index.encoded().at(i).bytes);
}

TEST_CASE("the tables have rows of the sizes that the format names") {
  auto const tables = sample_index().encoded();

  CHECK(tables[0].bytes.size() == 2 * 4);
  CHECK(tables[1].row_bytes == std::string("float32 2x3 state/means").size());
  CHECK(tables[2].row_bytes == std::string("part-00000-of-000000002.h5").size());
  CHECK(tables[3].bytes.size() == 3 * 56);
  CHECK(tables[4].bytes.size() == 2 * 8);
}

TEST_CASE("a table of contents without fields, slices and blocks reads back") {
  PartIndex index;
  index.partitions = {partition_id(0)};
  index.files = {"part-00000.h5"};

  auto const read = pel::store::decoded(index.encoded());

  CHECK(read.fields.empty());
  CHECK(read.files == index.files);
  CHECK(read.blocks.empty());
}

TEST_CASE("a field is told in words, and read from them") {
  std::vector<std::pair<FieldInfo, std::string>> const known{
      {{"state/rank", ElementType::f64, {}, false}, "float64 - state/rank"},
      {{"state/means", ElementType::f32, {2, 3}, false}, "float32 2x3 state/means"},
      {{"state/done", ElementType::boolean, {}, false}, "bool - state/done"},
      {{"state/blob", ElementType::u8, {}, true}, "boost-binary - state/blob"},
      {{"state/with blanks in it", ElementType::i8, {1}, false}, "int8 1 state/with blanks in it"}};

  for (auto const& [field, text] : known) {
    CHECK(pel::store::to_text(field) == text);
    CHECK(pel::store::field_from(text) == field);
  }
  for (auto const* const text : {"", "float64", "float64 -", "float65 - x", "float64 0 x", "float64 2x x",
                                 "float64 x2 x", "float64 2y3 x", "float64 99999999999 x", "float64  x"})
    CHECK_THROWS_AS(static_cast<void>(pel::store::field_from(text)), std::invalid_argument);
}

TEST_CASE("bytes that are no table of contents are refused") {
  auto const refuses = [](std::function<void(Tables&)> const& change) {
    auto tables = sample_index().encoded();
    change(tables);
    CHECK_THROWS_AS(static_cast<void>(pel::store::decoded(tables)), std::invalid_argument);
  };

  for (auto const table : {Table::partitions, Table::fields, Table::files, Table::slices, Table::blocks})
    refuses([&](Tables& tables) { bytes_of(tables, table).pop_back(); });
  for (auto const table : {Table::fields, Table::files, Table::blocks})
    refuses([&](Tables& tables) { bytes_of(tables, table).clear(); });
  for (auto const table : {Table::fields, Table::files})
    refuses([&](Tables& tables) { tables.at(static_cast<std::size_t>(table)).row_bytes = 0; });
}

TEST_CASE("an index that points nowhere is refused") {
  auto const refuses = [](std::function<void(PartIndex&)> const& change) {
    auto index = sample_index();
    change(index);
    CHECK_THROWS_AS(static_cast<void>(pel::store::decoded(index.encoded())), std::invalid_argument);
  };

  refuses([](PartIndex& index) { index.slices[1].field = 2; });
  refuses([](PartIndex& index) { index.slices[1].file = 2; });
  refuses([](PartIndex& index) { index.slices[1].first_block = 2; });
  refuses([](PartIndex& index) { index.slices[1].first_block = ~std::uint64_t{0}; });
  refuses([](PartIndex& index) { index.slices[1].rows = std::uint64_t{1} << 61U; });
  refuses([](PartIndex& index) { index.slices[1].rows = (std::uint64_t{4} << 20U) / 8 + 1; });
}
