// Stable ordering and folding of (key, value) entries: the order of messages, and with it every sum of theirs, is a
// function of keys and of the order in which they came, nothing else.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

namespace pel::base {

// An integer as an unsigned number of the same order.
template <std::integral Key>
[[nodiscard]] constexpr std::uint64_t to_ordered(Key key) noexcept {
  if constexpr (std::is_signed_v<Key>) return static_cast<std::uint64_t>(key) ^ (std::uint64_t{1} << 63U);
  return static_cast<std::uint64_t>(key);
}

// Sorts entries by their integer `first`, equal ones in the order in which they stand. `scratch` is overwritten.
// Cost: one counting pass a digit of 11 bits of (greatest - least key), over both arrays.
template <class Entry>
requires std::integral<decltype(Entry::first)>
void stable_order(std::vector<Entry>& entries, std::vector<Entry>& scratch) {
  auto const less = [](Entry const& a, Entry const& b) { return a.first < b.first; };
  if (std::is_sorted(entries.begin(), entries.end(), less)) return;
  if (entries.size() < 256) return std::stable_sort(entries.begin(), entries.end(), less);
  constexpr unsigned digit_bits = 11;
  auto least =
      std::numeric_limits<std::uint64_t>::max();  // no structured binding: clang-tidy 14 lets no lambda use one
  auto greatest = std::uint64_t{0};
  for (auto const& entry : entries) {
    least = std::min(least, to_ordered(entry.first));
    greatest = std::max(greatest, to_ordered(entry.first));
  }
  scratch.resize(entries.size());
  std::array<std::size_t, (1U << digit_bits) + 1> start;
  for (unsigned shift = 0; shift < 64 && (greatest - least) >> shift != 0; shift += digit_bits) {
    auto const digit = [&](Entry const& entry) {
      return static_cast<std::size_t>(((to_ordered(entry.first) - least) >> shift) & ((1U << digit_bits) - 1));
    };
    start.fill(0);
    for (auto const& entry : entries) ++start[digit(entry) + 1];
    for (std::size_t i = 1; i < start.size(); ++i) start[i] += start[i - 1];
    for (auto& entry : entries) scratch[start[digit(entry)]++] = std::move(entry);
    std::swap(entries, scratch);
  }
}

// The same for any key with operator<.
template <class Entry>
void stable_order(std::vector<Entry>& entries, std::vector<Entry>&) {
  std::stable_sort(entries.begin(), entries.end(), [](Entry const& a, Entry const& b) { return a.first < b.first; });
}

// Folds runs of equal keys from the left: of (1, a), (1, b), (1, c), (2, d) become (1, (a + b) + c), (2, d).
template <class Entry, class Combiner>
void fold_equal(std::vector<Entry>& entries, Combiner const& combine) {
  if (entries.empty()) return;
  std::size_t last = 0;
  for (std::size_t i = 1; i < entries.size(); ++i) {
    if (entries[i].first == entries[last].first)
      entries[last].second = combine(std::move(entries[last].second), std::move(entries[i].second));
    else if (++last != i)
      entries[last] = std::move(entries[i]);
  }
  entries.resize(last + 1);
}

// Folds values by integer key in a table of the whole key range: for keys that lie dense.
template <std::integral Key, class Value>
class DenseFold {
 public:
  // Whether n entries with keys from `least` to `greatest` are dense enough.
  [[nodiscard]] static bool fits(std::uint64_t least, std::uint64_t greatest, std::size_t n) {
    return greatest - least < 4 * n + 1024;
  }

  // `least` and `greatest` as to_ordered() gives them. Requires: the last round was drained.
  void open(std::uint64_t least, std::uint64_t greatest) {
    least_ = least;
    range_ = static_cast<std::size_t>(greatest - least) + 1;
    if (present_.size() < range_) {
      present_.resize(range_, 0);
      values_.resize(range_);
    }
  }

  template <class Combiner>
  void add(Key key, Value value, Combiner const& combine) {
    auto const at = static_cast<std::size_t>(to_ordered(key) - least_);
    if (present_[at] != 0) {
      values_[at] = combine(std::move(values_[at]), std::move(value));
    } else {
      present_[at] = 1;
      values_[at] = std::move(value);
    }
  }

  // Gives every (key, value) in ascending order of keys and is empty again.
  template <class Emit>
  void drain(Emit const& emit) {
    constexpr std::uint64_t flip = std::is_signed_v<Key> ? std::uint64_t{1} << 63U : 0;
    for (std::size_t at = 0; at < range_; ++at) {
      if (present_[at] == 0) continue;
      present_[at] = 0;
      emit(static_cast<Key>((least_ + at) ^ flip), std::move(values_[at]));
    }
  }

 private:
  std::uint64_t least_ = 0;
  std::size_t range_ = 0;
  std::vector<std::uint8_t> present_;
  std::vector<Value> values_;
};

}  // namespace pel::base
