// One bit for each of many things.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace pel::base {

// Bits 0 … size - 1 in words of 64; bits of the last word beyond size are 0.
class Bitmap {
 public:
  explicit Bitmap(std::size_t size = 0) : size_(size), words_((size + 63) / 64) {}

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::vector<std::uint64_t> const& words() const noexcept { return words_; }
  [[nodiscard]] bool test(std::size_t i) const noexcept { return (words_[i / 64] >> i % 64 & 1U) != 0; }
  void set(std::size_t i) noexcept { words_[i / 64] |= std::uint64_t{1} << i % 64; }
  // The same while other threads set bits of the same word.
  void set_shared(std::size_t i) noexcept {
    std::atomic_ref<std::uint64_t> word(words_[i / 64]);
    auto const bit = std::uint64_t{1} << i % 64;
    if ((word.load(std::memory_order_relaxed) & bit) == 0) word.fetch_or(bit, std::memory_order_relaxed);
  }
  // Sets those of bits at, at + 1, … that are 1 in `bits`. Requires: none beyond the size.
  void set_word(std::size_t at, std::uint64_t bits) noexcept {
    if (bits == 0) return;
    words_[at / 64] |= bits << at % 64;
    if (at % 64 != 0 && at / 64 + 1 < words_.size()) words_[at / 64 + 1] |= bits >> (64 - at % 64);
  }
  void clear() noexcept { std::fill(words_.begin(), words_.end(), std::uint64_t{0}); }
  void set_range(std::size_t first, std::size_t last) noexcept {
    while (first < last) {
      auto const n = std::min<std::size_t>(64 - first % 64, last - first);
      words_[first / 64] |= ones(n) << first % 64;
      first += n;
    }
  }
  [[nodiscard]] bool any() const noexcept {
    return std::any_of(words_.begin(), words_.end(), [](std::uint64_t word) { return word != 0; });
  }
  // How many bits of [first, last) are set.
  [[nodiscard]] std::size_t count(std::size_t first, std::size_t last) const noexcept {
    std::size_t n = 0;
    each_word(first, last,
              [&](std::size_t, std::uint64_t word) { n += static_cast<std::size_t>(std::popcount(word)); });
    return n;
  }
  // Calls visit(i) for each set bit of [first, last), ascending.
  template <class Visit>
  void for_each(std::size_t first, std::size_t last, Visit const& visit) const {
    each_word(first, last, [&](std::size_t at, std::uint64_t word) {
      for (; word != 0; word &= word - 1) visit(at + static_cast<std::size_t>(std::countr_zero(word)));
    });
  }

 private:
  static constexpr std::uint64_t ones(std::size_t n) noexcept {
    return n == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << n) - 1;
  }
  // Calls visit(position of the word's bit 0, the word with bits outside of [first, last) cleared).
  template <class Visit>
  void each_word(std::size_t first, std::size_t last, Visit const& visit) const {
    if (first >= last) return;
    for (auto w = first / 64; w <= (last - 1) / 64; ++w) {
      auto word = words_[w];
      if (word == 0) continue;
      if (w == first / 64) word &= ~ones(first % 64);
      if (w == (last - 1) / 64) word &= ones((last - 1) % 64 + 1);
      visit(w * 64, word);
    }
  }

  std::size_t size_;
  std::vector<std::uint64_t> words_;
};

}  // namespace pel::base
