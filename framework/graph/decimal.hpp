// Decimal texts to doubles, correctly rounded.
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>

#include "graph/digits.hpp"

namespace pel::graph {

// What the number at `first` is, of whatever length: in decimal or with an exponent, infinity, nan. Moves `p` behind
// it; false if there is none. Numbers too large are infinite, those too small 0.
[[nodiscard]] bool read_odd_decimal(char const*& p, char const* end, double& value);

// Appends the digits at p to n, as if it had room, and moves behind them. Returns how many.
[[nodiscard]] inline std::ptrdiff_t append_digits(char const*& p, char const* end, std::uint64_t& n) noexcept {
  constexpr std::array<std::uint64_t, 9> powers{1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000};
  char const* const first = p;
  while (end - p >= 8) {
    auto const digits = first_digits_at(p);
    n = n * powers[digits.count] + digits.value;
    p += digits.count;
    if (digits.count < 8) return p - first;
  }
  for (unsigned digit = 0; (digit = digit_of(*p)) <= 9; ++p) n = n * 10 + digit;
  return p - first;
}

// Reads the number at p and moves behind it; false if there is none. The double nearest to it, of two the even one.
// Requires: *end can be read, and is none of 0-9 + - . e E. Cost: a few ns for up to 15 digits; for odd ones see above.
// Example: "0.5 7" gives 0.5, and p is at the blank.
[[nodiscard]] inline bool read_decimal(char const*& p, char const* end, double& value) {
  // A whole number and a power of ten that are doubles themselves have a correctly rounded quotient. Source: Clinger,
  // "How to read floating point numbers accurately", PLDI 1990.
  constexpr std::uint64_t most_exact = std::uint64_t{1} << 53;
  constexpr std::array<double, 20> powers{1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,
                                          1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19};
  char const* at = p;
  std::uint64_t n = 0;
  std::ptrdiff_t count = 1;
  if (end - at >= 2 && at[1] == '.' && digit_of(*at) <= 9)  // as most weights are
    n = digit_of(*at++);
  else
    count = append_digits(at, end, n);
  std::ptrdiff_t behind_point = 0;
  if (*at == '.') {
    ++at;
    behind_point = append_digits(at, end, n);
    count += behind_point;
  }
  if (count == 0 || count > 19 || n > most_exact || *at == 'e' || *at == 'E') [[unlikely]]
    return read_odd_decimal(p, end, value);
  value = static_cast<double>(n) / powers[static_cast<std::size_t>(behind_point)];
  p = at;
  return true;
}

}  // namespace pel::graph
