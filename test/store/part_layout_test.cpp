#include "store/part_layout.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <vector>

using pel::store::FieldInfo;
using pel::store::FieldRows;
using pel::store::TableBytes;
using pel::store::Tables;

namespace {

// Tables of some partitions and a row of text each, as large as parts have them.
Tables tables_of(std::size_t rows) {
  auto const table = [](std::size_t row_bytes, std::size_t count) {
    return TableBytes{.bytes = std::vector<std::byte>(row_bytes * count), .row_bytes = row_bytes};
  };
  return {table(4, rows), table(64, 3), table(16, 1), table(56, 3 * rows), table(8, 3 * rows)};
}

}  // namespace

TEST_CASE("HDF5's own bytes come before all data, whatever the sizes of the fields") {
  std::vector<std::uint64_t> const sizes{0, 1, 100, 1088, 2047, 2048, 4095, 4096, 5000, 300000};
  for (auto const first : sizes)
    for (auto const second : sizes)
      for (std::size_t const rows : {1, 16, 64, 1000}) {
        std::vector<FieldRows> fields;
        for (auto const size : {first, second, std::uint64_t{64}}) {
          FieldInfo info;
          info.name = "state/field" + std::to_string(fields.size());
          info.type = pel::base::ElementType::u8;
          fields.push_back({info, size});
        }

        auto const layout =
            pel::store::lay_out({.app = "test", .superstep = 3, .partitions = 64}, fields, tables_of(rows));

        CHECK(layout.image.last_written() <= layout.metadata_bytes);
        CHECK(layout.metadata_bytes <= layout.table_places.front().offset);
      }
}
