// Where everything of a part lies: HDF5 lays the file out, and is not asked again.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "store/file_image.hpp"
#include "store/packed_field.hpp"
#include "store/part_file.hpp"
#include "store/part_index.hpp"

namespace pel::store {

// A field with its rows in this very file.
struct FieldRows {
  FieldInfo info;
  std::uint64_t rows = 0;
  PackedField const* packed = nullptr;  // its rows, if they are to be compressed
};

// Invariants: 1. all that HDF5 itself has written is within the first metadata_bytes; 2. then come the fields, those of
// a page or more at whole pages; 3. then the tables, to the end of the file.
struct PartLayout {
  FileImage image;
  std::uint64_t metadata_bytes = 0;
  std::vector<std::uint64_t> fields;  // where each begins; 0 where it has no rows, or is compressed
  std::vector<ChunkRow> chunks;       // of those that are compressed
  std::array<TablePlace, tables> table_places{};
};

// `rows` and `row_bytes` of the tables. Throws: hdf5::Error; InternalError if an invariant does not hold.
[[nodiscard]] PartLayout lay_out(PartHeading const& heading, std::vector<FieldRows> const& fields,
                                 Tables const& table_sizes);

}  // namespace pel::store
