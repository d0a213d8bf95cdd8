// A set of integers that knows how many of its members are below another.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bitmap.hpp"

namespace pel::base {

// Of integers below a size; filled first, then asked. Memory: 12 bytes for each 64 integers.
class RankedBitmap {
 public:
  static constexpr std::uint32_t absent = ~std::uint32_t{0};

  explicit RankedBitmap(std::size_t size = 0) : bits_(size) {}
  void add(std::size_t i) noexcept { bits_.set(i); }
  // Call when all have been added.
  void count() {
    below_.clear();
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
  // Calls visit(i, rank(i)) for each member of [first, last) whose bit is set in `others`, ascending.
  // Requires: others is of the same size or larger.
  template <class Visit>
  void for_each_in(Bitmap const& others, std::size_t first, std::size_t last, Visit const& visit) const {
    if (first >= last) return;
    for (auto w = first / 64; w <= (last - 1) / 64; ++w) {
      auto const members = bits_.words()[w];
      auto both = members & others.words()[w];
      if (w == first / 64) both &= ~std::uint64_t{0} << first % 64;
      if (w == (last - 1) / 64) both &= ~std::uint64_t{0} >> (63 - (last - 1) % 64);
      for (; both != 0; both &= both - 1) {
        auto const bit = std::countr_zero(both);
        auto const below = std::popcount(members & ((std::uint64_t{1} << bit) - 1));
        visit(w * 64 + static_cast<std::size_t>(bit), below_[w] + static_cast<std::uint32_t>(below));
      }
    }
  }

 private:
  Bitmap bits_;
  std::vector<std::uint32_t> below_;  // by word
};

}  // namespace pel::base
