// A field's rows, compressed in chunks with Zstandard.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "store/field.hpp"

namespace pel::store {

struct PackedField {
  std::uint64_t chunk_rows = 0;                // of each chunk; the last is filled up with zeros
  std::vector<std::vector<std::byte>> chunks;  // compressed
};

// Packs all rows of a field if that is worth it: a sample of 1 MiB must shrink to less than 3/4. None for a field of
// less than 64 KiB. Throws: std::bad_alloc. Cost: w = one pass at some 0.5 GB/s.
[[nodiscard]] std::optional<PackedField> packed(FieldInfo const& info, std::span<std::byte const> bytes);

// Unpacks a chunk. False if the bytes are not a chunk of to.size() bytes.
[[nodiscard]] bool unpack(std::span<std::byte const> chunk, std::span<std::byte> to);

// How many rows a chunk of the field has at most.
[[nodiscard]] std::uint64_t most_chunk_rows(FieldInfo const& info) noexcept;

}  // namespace pel::store
