#include "comm/sparse_code.hpp"

#include <algorithm>

#include "pel/error.hpp"

namespace pel::comm {
namespace {

[[noreturn]] void damaged() { throw InternalError(__FILE__, __LINE__, "values of a field arrived damaged"); }

}  // namespace

SparseEntries::SparseEntries(std::byte head, std::span<std::byte const> bytes, std::uint32_t n,
                             std::size_t element_bytes)
    : kind_(static_cast<SparseKind>(std::to_integer<std::uint8_t>(head) & 3U)),
      uniform_((std::to_integer<std::uint8_t>(head) & uniform_bit) != 0),
      n_(n),
      positions_(bytes.data()) {
  if (kind_ == SparseKind::nothing) return;
  auto const* const end = bytes.data() + bytes.size();
  values_ = positions_;
  if (kind_ == SparseKind::all) count_ = n;
  if (kind_ == SparseKind::bitmap) values_ = count_bits(end);
  if (kind_ == SparseKind::deltas) values_ = count_deltas(end);
  if (static_cast<std::size_t>(end - values_) != (uniform_ ? 1 : count_) * element_bytes) damaged();
}

std::uint64_t SparseEntries::word_at(std::size_t byte) const noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, positions_ + byte, std::min<std::size_t>(8, (std::size_t{n_} + 7) / 8 - byte));
  return word;
}

std::byte const* SparseEntries::count_bits(std::byte const* end) {
  auto const bytes = (std::size_t{n_} + 7) / 8;
  if (static_cast<std::size_t>(end - positions_) < bytes) damaged();
  for (std::size_t at = 0; at < bytes; at += 8) count_ += static_cast<std::size_t>(std::popcount(word_at(at)));
  if (n_ % 8 != 0 && std::to_integer<unsigned>(positions_[bytes - 1]) >> n_ % 8 != 0) damaged();
  return positions_ + bytes;
}

std::byte const* SparseEntries::count_deltas(std::byte const* end) {
  std::uint64_t count = 0, gap = 0, next = 0;
  auto const* from = base::take_varint(positions_, end, count);
  if (from == nullptr || count > n_) damaged();
  positions_ = from;
  for (; count_ < count; ++count_) {
    from = base::take_varint(from, end, gap);
    if (from == nullptr || gap >= n_ - next) damaged();
    next += gap + 1;
  }
  return from;
}

}  // namespace pel::comm
