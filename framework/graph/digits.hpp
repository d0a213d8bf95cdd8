// Digits to numbers, eight at a time.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace pel::graph {

[[nodiscard]] constexpr unsigned digit_of(char c) noexcept {  // > 9: it is none
  return static_cast<unsigned char>(c) - unsigned{'0'};
}

// The first digits of eight bytes, which stand in memory order: the first is the lowest byte.
struct Digits {
  unsigned count;       // 0 to 8
  std::uint64_t value;  // 0 if there are none
};

// Lengths of numbers are random, so a loop over digits would mispredict a branch at the end of nearly each of them.
// Example: the bytes "1207 33\n" give 4 digits, 1207.
[[nodiscard]] constexpr Digits first_digits(std::uint64_t bytes) noexcept {
  constexpr std::uint64_t high = 0xF0F0F0F0F0F0F0F0, zeros = 0x3030303030303030, sixes = 0x0606060606060606;
  // Not zero in each byte that is no digit: 0x30 to 0x39 are those whose high half is 3, also after adding 6. A carry
  // out of a byte spoils only what is behind a byte that is no digit.
  auto const others = ((bytes & high) ^ zeros) | (((bytes + sixes) & high) ^ zeros);
  auto const count = static_cast<unsigned>(std::countr_zero(others)) / 8;
  if (count == 0) return {0, 0};
  // Shifted so that the last digit is the highest byte, and zeros lead; then pairs, fours and the eight are joined.
  auto digits = (bytes - zeros) << (64 - 8 * count);
  digits = digits * 10 + (digits >> 8);
  constexpr std::uint64_t pair = 0x000000FF000000FF;
  digits = ((digits & pair) * (100 + (std::uint64_t{1000000} << 32)) +
            ((digits >> 16) & pair) * (1 + (std::uint64_t{10000} << 32))) >>
           32;
  return {count, digits};
}

[[nodiscard]] inline Digits first_digits_at(char const* p) noexcept {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, p, sizeof bytes);
  if constexpr (std::endian::native == std::endian::big) bytes = __builtin_bswap64(bytes);
  return first_digits(bytes);
}

}  // namespace pel::graph
