#include "store/part_layout.hpp"

#include <doctest/doctest.h>

#include <array>
#include <random>
#include <string>
#include <vector>

using pel::base::ElementType;
using pel::store::FieldRows;
using pel::store::PartIndex;

namespace {

constexpr std::uint64_t page = 4096;
pel::store::PartHeading const heading{"sample", 1, 5, 0, 1};

std::uint64_t bytes_of(FieldRows const& field) { return field.rows * field.info.row_bytes(); }

// A table of contents of such sizes.
PartIndex index_of(std::vector<FieldRows> const& fields, std::size_t partitions, std::size_t blocks) {
  PartIndex index;
  index.partitions.resize(partitions);
  index.files = {"part-00000.h5"};
  for (auto const& field : fields) index.fields.push_back(field.info);
  index.slices.resize(partitions * fields.size());
  index.blocks.resize(blocks);
  return index;
}

// Whether the invariants of PartLayout hold: metadata, fields and tables one after the other, large fields at pages.
void check_layout(std::vector<FieldRows> const& fields, PartIndex const& index) {
  auto const layout = pel::store::lay_out(heading, fields, index.encoded());

  CHECK(layout.image.last_written() <= layout.metadata_bytes);
  auto end = layout.metadata_bytes;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (bytes_of(fields[i]) == 0) continue;
    CHECK(layout.fields[i] >= end);
    if (bytes_of(fields[i]) >= page) CHECK(layout.fields[i] % page == 0);
    end = layout.fields[i] + bytes_of(fields[i]);
  }
  for (auto const& place : layout.table_places) {
    if (place.bytes == 0) continue;
    CHECK(place.offset >= end);
    end = place.offset + place.bytes;
  }
  CHECK(end == layout.image.size());
}

}  // namespace

TEST_CASE("metadata, fields and tables lie one after the other, whatever the fields") {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    CAPTURE(round);
    std::vector<FieldRows> fields;
    auto const n = round == 0 ? 300 : random() % 40;
    for (std::size_t i = 0; i < n; ++i) {
      std::array const groups{"state/", "inbox/", "a/b/c/"};
      bool const opaque = random() % 2 == 0;
      auto const rows = random() % 3 == 0 ? random() % 100 : random() % 20000;
      fields.push_back({{groups.at(random() % 3) + ("x" + std::to_string(i)), ElementType::u8, {}, opaque}, rows});
    }
    check_layout(fields, index_of(fields, 1 + random() % 2000, random() % 5000));
  }
}

TEST_CASE("fields just below, at and above a page leave no gap that is used twice") {
  for (std::uint64_t const rows : {1U, 4095U, 4096U, 4097U, 8191U, 8193U}) {
    CAPTURE(rows);
    std::vector<FieldRows> fields;
    fields.reserve(20);
    for (int i = 0; i < 20; ++i)
      fields.push_back({{"state/x" + std::to_string(i), ElementType::u8, {}, false}, i % 2 == 0 ? rows : 10});
    check_layout(fields, index_of(fields, 3, 20));
  }
}

TEST_CASE("a part without fields, without rows or without partitions has its tables") {
  std::vector<FieldRows> const empty{{{"state/x", ElementType::f64, {}, false}, 0}};

  check_layout({}, index_of({}, 4, 0));
  check_layout(empty, index_of(empty, 4, 0));
  check_layout({}, index_of({}, 0, 0));
  check_layout(empty, index_of(empty, 0, 0));
}

TEST_CASE("all metadata fits in front for a thousand fields in one group") {
  std::vector<FieldRows> fields;
  fields.reserve(1000);
  for (int i = 0; i < 1000; ++i)
    fields.push_back({{"state/a_name_of_some_length_" + std::to_string(i), ElementType::boolean, {2, 3}, false}, 5});

  check_layout(fields, index_of(fields, 1, 1000));
}
