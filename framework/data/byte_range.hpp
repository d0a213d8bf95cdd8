// How n things (bytes, edges) fall to shares: contiguous, in order, and a function of n and the count of shares alone.
#pragma once

#include <cstdint>

namespace pel::data {

// The half-open range [begin, end).
struct ByteRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  [[nodiscard]] constexpr std::uint64_t size() const noexcept { return end - begin; }
  friend constexpr bool operator==(ByteRange const&, ByteRange const&) = default;
};

// The range [n s / S, n (s + 1) / S) of share s of S. Requires: s < S <= 2^32; n is any number, nothing overflows.
// Example: 10 bytes in 4 shares are [0, 2), [2, 5), [5, 7), [7, 10).
[[nodiscard]] constexpr ByteRange share_of(std::uint64_t n, std::uint64_t share, std::uint64_t shares) noexcept {
  // n s / S = (n / S) s + (n mod S) s / S, where each product fits in 64 bits.
  std::uint64_t const whole = n / shares, rest = n % shares;
  return {whole * share + rest * share / shares, whole * (share + 1) + rest * (share + 1) / shares};
}

}  // namespace pel::data
