// A set of integers that knows how many of its members are below another.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/bitmap.hpp"

namespace pel::base {

// Of integers below a size; filled first, then asked. Memory: 12 bytes for each 64 integers.
class RankedBitmap {
 public:
  static constexpr std::uint32_t absent = ~std::uint32_t{0};

  explicit RankedBitmap(std::size_t size = 0) : bits_(size) {}
  void add(std::size_t i) noexcept { bits_.set(i); }
  // Adds integers that ascend.
  void add_all(std::span<std::uint32_t const> ascending) noexcept {
    std::size_t at = 0;
    std::uint64_t word = 0;
    for (auto const i : ascending) {
      if (i / 64 != at) bits_.set_word(64 * std::exchange(at, i / 64), std::exchange(word, 0));
      word |= std::uint64_t{1} << i % 64;
    }
    bits_.set_word(64 * at, word);
  }
  // Call when all have been added.
  void count() {
    below_.clear();
    below_.reserve(bits_.words().size());
    std::uint32_t n = 0;
    for (auto const word : bits_.words()) {
      below_.push_back(n);
      n += static_cast<std::uint32_t>(std::popcount(word));
    }
  }
  // How many members are below i, which is one of them; `absent` if it is not.
  [[nodiscard]] std::uint32_t rank(std::size_t i) const noexcept {
    auto const word = bits_.words()[i / 64];
    if ((word >> i % 64 & 1U) == 0) return absent;
    return below_[i / 64] + static_cast<std::uint32_t>(std::popcount(word & ((std::uint64_t{1} << i % 64) - 1)));
  }
  // How many members of [first, last) have their bit set in `others`. Requires: as for_each_in().
  [[nodiscard]] std::size_t count_in(Bitmap const& others, std::size_t first, std::size_t last) const noexcept {
    std::size_t n = 0;
    each_word(others, first, last,
              [&](std::size_t, std::uint64_t both) { n += static_cast<std::size_t>(std::popcount(both)); });
    return n;
  }
  // Calls visit(i, rank(i)) for each member of [first, last) whose bit is set in `others`, ascending.
  // Requires: others is of the same size or larger.
  template <class Visit>
  void for_each_in(Bitmap const& others, std::size_t first, std::size_t last, Visit const& visit) const {
    each_word(others, first, last, [&](std::size_t w, std::uint64_t both) {
      // Where there are several, counting on is cheaper than counting anew: not each processor counts bits by itself.
      auto members = bits_.words()[w];
      auto below = below_[w];
      if ((both & (both - 1)) == 0) {
        auto const before = members & (both - 1);
        below += static_cast<std::uint32_t>(std::popcount(before));
        members ^= before;
      }
      for (; both != 0; members &= members - 1, ++below) {
        auto const member = members & (~members + 1);
        if ((both & member) == 0) continue;
        visit(w * 64 + static_cast<std::size_t>(std::countr_zero(member)), below);
        both ^= member;
      }
    });
  }

 private:
  // Calls visit(w, word w of the members that are in `others`, too) where that is not 0.
  template <class Visit>
  void each_word(Bitmap const& others, std::size_t first, std::size_t last, Visit const& visit) const {
    if (first >= last) return;
    for (auto w = first / 64; w <= (last - 1) / 64; ++w) {
      auto both = bits_.words()[w] & others.words()[w];
      if (w == first / 64) both &= ~std::uint64_t{0} << first % 64;
      if (w == (last - 1) / 64) both &= ~std::uint64_t{0} >> (63 - (last - 1) % 64);
      if (both != 0) visit(w, both);
    }
  }

  Bitmap bits_;
  std::vector<std::uint32_t> below_;  // by word
};

}  // namespace pel::base
