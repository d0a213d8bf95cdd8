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

 private:
  Bitmap bits_;
  std::vector<std::uint32_t> below_;  // by word
};

}  // namespace pel::base
