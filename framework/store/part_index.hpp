// The table of contents of a part: which partitions, which fields, where each slice lies and its checksum. In the file
// it is three small datasets; the digest over their bytes is what the manifest knows of the part.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "store/field.hpp"

namespace pel::store {

// A row of /_pel/slices, as it is in the file: five little-endian u64.
struct SliceRow {
  std::uint64_t field = 0;  // index into the names
  std::uint64_t partition = 0;
  std::uint64_t first_row = 0;  // of the field's dataset
  std::uint64_t rows = 0;
  std::uint64_t checksum = 0;  // XXH3-64 of the slice's bytes
};
static_assert(sizeof(SliceRow) == 40);

constexpr std::array<char const*, 5> slice_columns{"field", "partition", "first_row", "rows", "checksum"};

// The three datasets' bytes, in the order in which the digest takes them.
struct IndexBytes {
  std::vector<std::byte> partitions, names, slices;

  // XXH3-128 in hexadecimal.
  [[nodiscard]] std::string digest() const;
};

constexpr std::array<char const*, 3> index_datasets{"/partitions", "/_pel/fields", "/_pel/slices"};

// Invariant: every row's field is an index into names.
struct PartIndex {
  std::vector<PartitionId> partitions;
  std::vector<std::string> names;
  std::vector<SliceRow> slices;

  // The width of a name in the file: the longest one's, at least 1.
  [[nodiscard]] std::uint64_t name_width() const;
  [[nodiscard]] IndexBytes encoded() const;
};

// Lists what is to be written, with checksums. The slices of a field lie one after the other in its dataset.
// Example: field "state/rank" has 3 rows for partition 0 and 2 for partition 4: rows {0, 0, 0, 3, …} {0, 4, 3, 2, …}.
// Throws: InternalError if a slice is not of its field's size, or of a partition that is not listed.
[[nodiscard]] PartIndex index_of(std::vector<PartitionId> const& partitions, std::vector<Field> const& fields);

// The inverse of encoded(). Throws: std::invalid_argument if the bytes do not fit together.
[[nodiscard]] PartIndex decoded(IndexBytes const& bytes, std::uint64_t name_width);

}  // namespace pel::store
