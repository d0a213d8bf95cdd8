// Which bits two rows of bits have in common, and how often each was among them.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

// 512 bits at a time: a line of a cache, and what the compiler makes vector instructions of.
using BitBlock = std::array<std::uint64_t, 8>;
inline constexpr std::size_t bits_of_block = 512;

[[nodiscard]] constexpr std::size_t blocks_for(std::size_t bits) noexcept {
  return (bits + bits_of_block - 1) / bits_of_block;
}
inline void set_bit(std::span<BitBlock> bits, std::size_t i) noexcept {
  bits[i / bits_of_block][i % bits_of_block / 64] |= std::uint64_t{1} << i % 64;
}

// A counter for each bit of a row, added to for 512 at a time: bit b of a counter lies in plane b, and a carry goes on
// to the next plane. Invariant: planes behind the first `depth` of a block are 0, where no more than 2^depth - 1 rows
// were added.
class BitCounters {
 public:
  static constexpr std::size_t most_planes = 16;

  // For rows of so many bits, to which each bit is added at most 2^16 - 1 times.
  void resize(std::size_t bits) {
    if (planes_.size() < blocks_for(bits)) planes_.resize(blocks_for(bits));
  }
  [[nodiscard]] std::uint64_t operator[](std::size_t i) const noexcept {
    auto const& block = planes_[i / bits_of_block];
    std::uint64_t count = 0;
    for (std::size_t p = 0; p < depth_; ++p) count |= (block[p][i % bits_of_block / 64] >> i % 64 & 1U) << p;
    return count;
  }
  // Adds 1 for each bit that is in both rows; returns how many are. Requires: neither is longer than resize() said.
  std::uint64_t add_common(std::span<BitBlock const> a, std::span<BitBlock const> b) noexcept {
    depth_ = std::max(depth_, static_cast<std::size_t>(std::bit_width(++added_)));
    return has_vectors() ? add_with_vectors(a, b) : add_blocks(a, b);
  }
  // All counters of the first n bits are 0 again. Requires: no bit behind them was added.
  void clear(std::size_t n) noexcept {
    for (std::size_t k = 0; k < blocks_for(n); ++k)
      std::fill(planes_[k].begin(), planes_[k].begin() + static_cast<std::ptrdiff_t>(depth_), BitBlock{});
    depth_ = 0;
    added_ = 0;
  }

  // How many bits two rows have in common.
  [[nodiscard]] static std::uint64_t common(std::span<BitBlock const> a, std::span<BitBlock const> b) noexcept {
    return has_vectors() ? common_with_vectors(a, b) : common_blocks(a, b);
  }

 private:
  static bool has_vectors() noexcept {
    static bool const has = __builtin_cpu_supports("avx2") > 0 && __builtin_cpu_supports("popcnt") > 0;
    return has;
  }

  [[gnu::always_inline]] inline std::uint64_t add_blocks(std::span<BitBlock const> a,
                                                         std::span<BitBlock const> b) noexcept {
    std::uint64_t n = 0;
    auto const blocks = std::min(a.size(), b.size());
    for (std::size_t k = 0; k < blocks; ++k) {
      BitBlock carry;
      std::uint64_t any = 0;
      for (std::size_t j = 0; j < carry.size(); ++j) carry[j] = a[k][j] & b[k][j];
      for (std::size_t j = 0; j < carry.size(); ++j) any |= carry[j];
      if (any == 0) continue;
      for (std::size_t j = 0; j < carry.size(); ++j) n += static_cast<std::uint64_t>(std::popcount(carry[j]));
      for (std::size_t p = 0; p < depth_; ++p) {
        auto& plane = planes_[k][p];
        any = 0;
        for (std::size_t j = 0; j < carry.size(); ++j) {
          auto const both = plane[j] & carry[j];
          plane[j] ^= carry[j];
          carry[j] = both;
        }
        for (std::size_t j = 0; j < carry.size(); ++j) any |= carry[j];
        if (any == 0) break;
      }
    }
    return n;
  }
  [[gnu::target("avx2,popcnt")]] std::uint64_t add_with_vectors(std::span<BitBlock const> a,
                                                                std::span<BitBlock const> b) noexcept {
    return add_blocks(a, b);
  }

  [[gnu::always_inline]] static inline std::uint64_t common_blocks(std::span<BitBlock const> a,
                                                                   std::span<BitBlock const> b) noexcept {
    std::uint64_t n = 0;
    auto const blocks = std::min(a.size(), b.size());
    for (std::size_t k = 0; k < blocks; ++k)
      for (std::size_t j = 0; j < a[k].size(); ++j) n += static_cast<std::uint64_t>(std::popcount(a[k][j] & b[k][j]));
    return n;
  }
  [[gnu::target("avx2,popcnt")]] static std::uint64_t common_with_vectors(std::span<BitBlock const> a,
                                                                          std::span<BitBlock const> b) noexcept {
    return common_blocks(a, b);
  }

  std::vector<std::array<BitBlock, most_planes>> planes_;
  std::size_t depth_ = 0;
  std::uint64_t added_ = 0;
};
