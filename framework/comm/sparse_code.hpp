// Some of a list of values as bytes: which ones, and their values, in the fewest bytes.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "base/varint.hpp"

namespace pel::comm {

// The first byte says how the others are to be read; values are equal all: one is written, else all side by side.
//   nothing      no more bytes
//   all          values
//   bitmap       a bit for each of the list (little endian, bit 0 first), values
//   deltas       number of positions, first position, gaps less one, as varints; values
enum class SparseKind : std::uint8_t { nothing, all, bitmap, deltas };
constexpr std::uint8_t uniform_bit = 4;  // of the first byte, beside the kind

// Whether the bytes after this first one are all values of the list, as they lie.
[[nodiscard]] constexpr bool is_plain(std::byte head) noexcept {
  return head == static_cast<std::byte>(SparseKind::all);
}

// Writes `count` entries of a list of `n` into `bytes`, in place of what is there. `each(visit)` calls visit(position,
// value) for each entry, positions ascending, and may be called several times: nothing is kept but what is sent.
// `size`: bytes of a value, a constant of a type where it can be (base/element_size.hpp).
// Cost: w = two or three times what each() takes. Example: 3 of 1000 entries became 7: kind and uniform bit, a 3, three
// positions of 1 or 2 bytes, one value.
template <class Each, class Size>
void encode(std::uint32_t n, std::size_t count, Size size, Each const& each, std::vector<std::byte>& bytes) {
  if (count == 0) {
    bytes.assign(1, static_cast<std::byte>(SparseKind::nothing));
    return;
  }
  std::byte const* first = nullptr;
  bool uniform = true;
  auto const look = [&](auto const& at_position) {
    each([&](std::uint32_t position, std::byte const* value) {
      if (first == nullptr) first = value;
      uniform = uniform && std::memcmp(value, first, size) == 0;
      at_position(position);
    });
  };
  auto const bitmap = (std::size_t{n} + 7) / 8;
  auto kind = count == n ? SparseKind::all : SparseKind::bitmap;
  auto head = count == n ? 0 : bitmap;
  std::uint32_t next = 0;
  if (count < bitmap) {
    auto deltas = base::varint_bytes(count);
    look([&](std::uint32_t position) { deltas += base::varint_bytes(position - std::exchange(next, position + 1)); });
    if (deltas < bitmap) {
      kind = SparseKind::deltas;
      head = deltas;
    }
  }
  bytes.assign(1 + head, std::byte{0});
  auto* to = bytes.data() + 1;
  if (kind == SparseKind::all) look([](std::uint32_t) {});
  if (kind == SparseKind::bitmap)
    look([&](std::uint32_t position) { to[position / 8] |= std::byte{1} << position % 8; });
  if (kind == SparseKind::deltas) {
    to = base::put_varint(to, count);
    next = 0;
    look([&](std::uint32_t position) { to = base::put_varint(to, position - std::exchange(next, position + 1)); });
  }
  bytes[0] = static_cast<std::byte>(static_cast<std::uint8_t>(kind) | (uniform ? uniform_bit : 0U));
  bytes.resize(1 + head + (uniform ? 1 : count) * size);
  auto* values = bytes.data() + 1 + head;
  if (uniform) {
    std::memcpy(values, first, size);
    return;
  }
  each([&](std::uint32_t, std::byte const* value) {
    std::memcpy(values, value, size);
    values += size;
  });
}

// What encode() wrote, to be gone through without a copy.
class SparseEntries {
 public:
  // The first byte and the others, of a list of n values of `element_bytes`. Throws: InternalError for bytes that
  // encode() does not write.
  SparseEntries(std::byte head, std::span<std::byte const> bytes, std::uint32_t n, std::size_t element_bytes);

  [[nodiscard]] std::size_t size() const noexcept { return count_; }

  // Calls visit(position, value) for each entry, positions ascending. `size` is element_bytes.
  template <class Size, class Visit>
  void for_each(Size size, Visit const& visit) const {
    auto const* value = values_;
    auto const step = uniform_ ? std::size_t{0} : std::size_t{size};
    auto const pass = [&](std::uint32_t position) {
      visit(position, value);
      value += step;
    };
    if (kind_ == SparseKind::all)
      for (std::uint32_t i = 0; i < n_; ++i) pass(i);
    if (kind_ == SparseKind::bitmap) for_each_bit(pass);
    if (kind_ == SparseKind::deltas) for_each_delta(pass);
  }

 private:
  template <class Visit>
  void for_each_bit(Visit const& visit) const {
    auto const bytes = (std::size_t{n_} + 7) / 8;
    for (std::size_t at = 0; at < bytes; at += 8)
      for (auto word = word_at(at); word != 0; word &= word - 1)
        visit(static_cast<std::uint32_t>(8 * at + static_cast<std::size_t>(std::countr_zero(word))));
  }
  template <class Visit>
  void for_each_delta(Visit const& visit) const {
    auto const* from = positions_;
    std::uint64_t gap = 0, next = 0;
    for (std::size_t i = 0; i < count_; ++i) {
      from = base::take_varint(from, values_, gap);
      next += gap;
      visit(static_cast<std::uint32_t>(next++));
    }
  }
  [[nodiscard]] std::uint64_t word_at(std::size_t byte) const noexcept;
  // What is behind the positions. Throws: InternalError.
  [[nodiscard]] std::byte const* count_bits(std::byte const* end);
  [[nodiscard]] std::byte const* count_deltas(std::byte const* end);

  SparseKind kind_;
  bool uniform_;
  std::uint32_t n_;
  std::size_t count_ = 0;
  std::byte const* positions_ = nullptr;  // the bitmap, or the first varint after the count
  std::byte const* values_ = nullptr;
};

}  // namespace pel::comm
