// Which of a vertex's labels is the most frequent.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

// A counter for each label there may be, and a list of those that are in use: so that a row costs no more than its
// length. Labels are below the `labels` of the constructor. Scratch: between two calls of most_frequent() all counters
// are 0.
class LabelCounts {
 public:
  void resize(std::size_t labels) {
    if (counts_.size() < labels) counts_.resize(labels);
  }

  // The label that each(add) adds most often, the smallest of equals. Requires: it adds 1 to `most` labels.
  template <class Each>
  [[nodiscard]] std::uint32_t most_frequent(std::size_t most, Each const& each) {
    return most <= few ? of_few(each) : of_many(most, each);
  }

 private:
  static constexpr std::size_t few = 16;

  template <class Each>
  [[nodiscard]] static std::uint32_t of_few(Each const& each) {
    std::array<std::uint32_t, few + 1> sorted{};
    std::size_t n = 0;
    each([&](std::uint32_t label) {
      auto at = n++;
      for (; at > 0 && sorted[at - 1] > label; --at) sorted[at] = sorted[at - 1];
      sorted[at] = label;
    });
    std::uint32_t best = sorted[0];
    std::size_t most = 0;
    for (std::size_t first = 0, i = 1; i <= n; ++i) {
      if (i < n && sorted[i] == sorted[first]) continue;
      if (i - first > most) most = i - first, best = sorted[first];
      first = i;
    }
    return best;
  }

  // Counts ascend, so the greatest that any label reaches is seen when it is reached; what is compared is the count
  // and, where it is equal, the label, in one number.
  template <class Each>
  [[nodiscard]] std::uint32_t of_many(std::size_t most, Each const& each) {
    if (touched_.size() < most) touched_.resize(most);
    auto* const counts = counts_.data();
    auto* const touched = touched_.data();
    std::size_t n = 0;
    std::uint64_t best = 0;
    each([&](std::uint32_t label) {
      auto const count = ++counts[label];
      touched[n] = label;
      n += count == 1;
      best = std::max(best, std::uint64_t{count} << 32U | (~label & 0xffffffffU));
    });
    for (std::size_t i = 0; i < n; ++i) counts[touched[i]] = 0;
    return ~static_cast<std::uint32_t>(best);
  }

  std::vector<std::uint32_t> counts_, touched_;
};
