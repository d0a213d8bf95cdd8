// The table of contents of a part: which partitions, which fields, which files beside it, where each slice lies, the
// checksum of each block, and where compressed chunks lie. In the file it is six small datasets; a reader needs nothing
// else, not even HDF5.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "store/field.hpp"

namespace pel::store {

// A row of /_pel/slices, as it is in the file: seven little-endian u64.
struct SliceRow {
  std::uint64_t field = 0;  // index into the fields
  std::uint64_t partition = 0;
  std::uint64_t rows = 0;
  std::uint64_t first_row = 0;    // of the field's dataset in that file
  std::uint64_t file = 0;         // index into the files; 0 is the part itself
  std::uint64_t offset = 0;       // of its first byte in that file; 0 where the field is compressed
  std::uint64_t first_block = 0;  // its checksums' first row of /_pel/blocks
};
static_assert(sizeof(SliceRow) == 56);

constexpr std::array<char const*, 7> slice_columns{"field", "partition", "rows",       "first_row",
                                                   "file",  "offset",    "first_block"};

// A row of /_pel/chunks: a compressed chunk of a field. All chunks of a field have the same number of rows, the last
// filled up with zeros; they stand in order.
struct ChunkRow {
  std::uint64_t field = 0, rows = 0;  // rows of every chunk of the field
  std::uint64_t offset = 0, bytes = 0;
};
static_assert(sizeof(ChunkRow) == 32);

constexpr std::array<char const*, 4> chunk_columns{"field", "rows", "offset", "bytes"};

// The datasets, in the order in which they lie in the file.
enum class Table : std::size_t { partitions, fields, files, slices, blocks, chunks };
constexpr std::size_t tables = 6;
constexpr std::array<char const*, tables> table_names{"/partitions",  "/_pel/fields", "/_pel/files",
                                                      "/_pel/slices", "/_pel/blocks", "/_pel/chunks"};

// A table's bytes: where they are, of how many bytes a row is.
struct TableBytes {
  std::vector<std::byte> bytes;
  std::uint64_t row_bytes = 1;
};
using Tables = std::array<TableBytes, tables>;

// Invariant (of what decoded() returns): every index is one into what it says.
struct PartIndex {
  std::vector<PartitionId> partitions;
  std::vector<FieldInfo> fields;
  std::vector<std::string> files;
  std::vector<SliceRow> slices;  // by field, then partition
  std::vector<std::uint64_t> blocks;
  std::vector<ChunkRow> chunks;  // by field, then rows

  [[nodiscard]] Tables encoded() const;
  [[nodiscard]] std::uint64_t bytes_of(SliceRow const& row) const { return row.rows * fields[row.field].row_bytes(); }
};

// A field's row of /_pel/fields: type, row shape or "-", and name. Examples: "float64 - state/rank",
// "float32 2x3 state/means", "bool - state/done", "boost-binary - state/counts".
[[nodiscard]] std::string to_text(FieldInfo const& field);
// Throws: std::invalid_argument.
[[nodiscard]] FieldInfo field_from(std::string const& text);

// The inverse of encoded(). Throws: std::invalid_argument if the bytes do not fit together.
[[nodiscard]] PartIndex decoded(Tables const& bytes);

}  // namespace pel::store
