#include "comm/sparse_code.hpp"

#include <bit>
#include <cstring>

#include "base/element_size.hpp"
#include "base/varint.hpp"
#include "pel/error.hpp"

namespace pel::comm {
namespace {

bool all_equal(std::byte const* values, std::size_t n, std::size_t element_bytes) {
  return n > 0 && std::memcmp(values, values + element_bytes, (n - 1) * element_bytes) == 0;
}

// Bytes of the positions as varints; more than `most` may be cut short.
std::size_t delta_bytes(std::span<std::uint32_t const> positions, std::size_t most) {
  std::size_t bytes = base::varint_bytes(positions.size());
  std::uint32_t next = 0;
  for (auto const position : positions) {
    bytes += base::varint_bytes(position - next);
    next = position + 1;
    if (bytes > most) break;
  }
  return bytes;
}

std::byte* put_bitmap(std::byte* to, std::span<std::uint32_t const> positions, std::uint32_t n) {
  auto const bytes = (std::size_t{n} + 7) / 8;
  std::memset(to, 0, bytes);
  for (auto const position : positions) to[position / 8] |= std::byte{1} << position % 8;
  return to + bytes;
}

std::byte* put_deltas(std::byte* to, std::span<std::uint32_t const> positions) {
  to = base::put_varint(to, positions.size());
  std::uint32_t next = 0;
  for (auto const position : positions) {
    to = base::put_varint(to, position - next);
    next = position + 1;
  }
  return to;
}

[[noreturn]] void damaged() { throw InternalError(__FILE__, __LINE__, "values of a field arrived damaged"); }

std::byte const* take_bitmap(std::byte const* from, std::byte const* end, std::uint32_t n,
                             std::vector<std::uint32_t>& positions) {
  auto const bytes = (std::size_t{n} + 7) / 8;
  if (static_cast<std::size_t>(end - from) < bytes) damaged();
  for (std::size_t at = 0; at < bytes; at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, from + at, std::min<std::size_t>(8, bytes - at));
    for (; word != 0; word &= word - 1)
      positions.push_back(static_cast<std::uint32_t>(8 * at + static_cast<std::size_t>(std::countr_zero(word))));
  }
  return from + bytes;
}

std::byte const* take_deltas(std::byte const* from, std::byte const* end, std::uint32_t n,
                             std::vector<std::uint32_t>& positions) {
  std::uint64_t count = 0;
  from = base::take_varint(from, end, count);
  if (from == nullptr || count > n) damaged();
  positions.reserve(count);
  std::uint64_t next = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    std::uint64_t gap = 0;
    from = base::take_varint(from, end, gap);
    if (from == nullptr || gap >= n - next) damaged();
    next += gap;
    positions.push_back(static_cast<std::uint32_t>(next++));
  }
  return from;
}

}  // namespace

void encode(SparseValues const& part, std::uint32_t n, std::size_t element_bytes, std::vector<std::byte>& bytes) {
  auto const count = part.all ? n : part.positions.size();
  if (count == 0) {
    bytes.assign(1, static_cast<std::byte>(SparseKind::nothing));
    return;
  }
  bool const uniform = all_equal(part.values, count, element_bytes);
  auto const value_bytes = (uniform ? 1 : count) * element_bytes;
  auto const bitmap = (std::size_t{n} + 7) / 8;
  auto const deltas = part.all || count > bitmap ? bitmap + 1 : delta_bytes(part.positions, bitmap);
  auto const kind = count == n ? SparseKind::all : deltas < bitmap ? SparseKind::deltas : SparseKind::bitmap;
  bytes.resize(1 + (kind == SparseKind::all ? 0 : std::min(deltas, bitmap)) + value_bytes);
  bytes[0] = static_cast<std::byte>(static_cast<std::uint8_t>(kind) | (uniform ? uniform_bit : 0U));
  auto* to = bytes.data() + 1;
  if (kind == SparseKind::bitmap) to = put_bitmap(to, part.positions, n);
  if (kind == SparseKind::deltas) to = put_deltas(to, part.positions);
  std::memcpy(to, part.values, value_bytes);
}

SparseValues decode(std::byte first, std::span<std::byte const> bytes, std::uint32_t n, std::size_t element_bytes,
                    SparseScratch& scratch) {
  scratch.positions.clear();
  auto const head = std::to_integer<std::uint8_t>(first);
  auto const kind = static_cast<SparseKind>(head & 3U);
  auto const* from = bytes.data();
  auto const* const end = bytes.data() + bytes.size();
  if (kind == SparseKind::nothing) return {};
  if (kind == SparseKind::bitmap) from = take_bitmap(from, end, n, scratch.positions);
  if (kind == SparseKind::deltas) from = take_deltas(from, end, n, scratch.positions);
  bool const all = kind == SparseKind::all;
  bool const uniform = (head & uniform_bit) != 0;
  auto const count = all ? n : scratch.positions.size();
  if (static_cast<std::size_t>(end - from) != (uniform ? 1 : count) * element_bytes) damaged();
  if (uniform) {
    scratch.values.resize(count * element_bytes);
    base::for_element_size(element_bytes, [&](auto size) {
      for (std::size_t i = 0; i < count; ++i) std::memcpy(scratch.values.data() + i * size, from, size);
    });
    from = scratch.values.data();
  }
  return {scratch.positions, from, all};
}

}  // namespace pel::comm
