// Unsigned integers in as few bytes as they need: 7 bits a byte, lowest first, the top bit says that more follow.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace pel::base {

constexpr std::size_t most_varint_bytes = 10;

[[nodiscard]] constexpr std::size_t varint_bytes(std::uint64_t value) noexcept {
  return (static_cast<std::size_t>(std::bit_width(value | 1U)) + 6) / 7;
}

// Writes at `to` and returns what is behind.
inline std::byte* put_varint(std::byte* to, std::uint64_t value) noexcept {
  for (; value >= 0x80; value >>= 7U) *to++ = static_cast<std::byte>(value | 0x80U);
  *to++ = static_cast<std::byte>(value);
  return to;
}

// Reads at `from`, not beyond `end`, and returns what is behind; nullptr where the bytes end within the number.
inline std::byte const* take_varint(std::byte const* from, std::byte const* end, std::uint64_t& value) noexcept {
  if (from < end && *from < std::byte{0x80}) {
    value = std::to_integer<std::uint64_t>(*from);
    return from + 1;
  }
  value = 0;
  for (unsigned shift = 0; from < end && shift < 64; shift += 7) {
    auto const byte = std::to_integer<std::uint64_t>(*from++);
    value |= (byte & 0x7fU) << shift;
    if (byte < 0x80) return from;
  }
  return nullptr;
}

}  // namespace pel::base
