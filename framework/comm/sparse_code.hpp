// Some of a list of values as bytes: which ones, and their values, in the fewest bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace pel::comm {

// The first byte says how the others are to be read; values are equal all: one is written, else all side by side.
//   nothing      no more bytes
//   all          values
//   bitmap       a bit for each of the list (little endian, bit 0 first), values
//   deltas       number of positions, first position, gaps less one, as varints; values
enum class SparseKind : std::uint8_t { nothing, all, bitmap, deltas };
constexpr std::uint8_t uniform_bit = 4;  // of the first byte, beside the kind

// Some entries of a list.
struct SparseValues {
  std::span<std::uint32_t const> positions;  // ascending, each once; not looked at where all
  std::byte const* values = nullptr;         // of these entries, side by side
  bool all = false;                          // every entry of the list
};

// Writes entries of a list of `n`, each `element_bytes`, into `bytes`, in place of what is there.
// Cost: w = O(positions) + n / 64 where they are dense. Example: 3 of 1000 entries became 7: kind and uniform bit, a 3,
// three positions of 1 or 2 bytes, one value.
void encode(SparseValues const& part, std::uint32_t n, std::size_t element_bytes, std::vector<std::byte>& bytes);

// Where what is read lies; kept from call to call.
struct SparseScratch {
  std::vector<std::uint32_t> positions;
  std::vector<std::byte> values;
};

// The reverse, of the first byte and the others; the result points into `bytes` and `scratch`. Where all are there,
// positions are left empty. Throws: InternalError for bytes that encode() does not write.
[[nodiscard]] SparseValues decode(std::byte head, std::span<std::byte const> bytes, std::uint32_t n,
                                  std::size_t element_bytes, SparseScratch& scratch);

// Whether the bytes after this first one are all values of the list, as they lie.
[[nodiscard]] constexpr bool is_plain(std::byte head) noexcept {
  return head == static_cast<std::byte>(SparseKind::all);
}

}  // namespace pel::comm
