// Elements at given ranks of an order, found by counting.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "data/flow.hpp"

namespace pel::data {

// Finds the heads (see SortKey) at given ranks: the leading bits first, by counting those of all heads, then those of
// the heads that begin alike, and so on.
class RankSearch {
 public:
  // Known of all heads: the least, the greatest, how many there are.
  struct Range {
    std::uint64_t least = std::numeric_limits<std::uint64_t>::max(), most = 0, n = 0;
    void add(std::uint64_t head) noexcept {
      least = std::min(least, head);
      most = std::max(most, head);
      ++n;
    }
    Range& operator+=(Range const& other) noexcept {
      least = std::min(least, other.least);
      most = std::max(most, other.most);
      n += other.n;
      return *this;
    }
  };

  // For each q the rank ceil(q n), counted from 1, or 1. Requires: range.n > 0, q between 0 and 1.
  RankSearch(Range const& range, std::vector<double> const& quantiles);
  [[nodiscard]] bool done() const noexcept { return unknown_ == 0; }

  // Heads of one partition are counted in such a table; learn() takes the sum of all.
  [[nodiscard]] std::vector<std::uint64_t> empty_counts() const;
  // A template, so that it is compiled where it is used.
  template <class Counts>
  void count(Counts& counts, std::uint64_t head) const noexcept {
    auto const beginning = upper(head);
    auto const at = std::lower_bound(beginnings_.begin(), beginnings_.end(), beginning);
    if (at == beginnings_.end() || *at != beginning) return;
    ++counts[place(static_cast<std::size_t>(at - beginnings_.begin()), head)];
  }
  void learn(std::vector<std::uint64_t> const& counts);
  // Once done().
  [[nodiscard]] std::vector<std::uint64_t> heads() const;

 private:
  struct Wanted {
    std::uint64_t rank;       // from 0, among those that begin alike
    std::uint64_t beginning;  // the bits known, then zeros
  };
  [[nodiscard]] std::uint64_t upper(std::uint64_t head) const noexcept {
    return unknown_ == 64 ? 0 : head >> static_cast<unsigned>(unknown_) << static_cast<unsigned>(unknown_);
  }
  [[nodiscard]] std::size_t place(std::size_t beginning, std::uint64_t head) const noexcept {
    auto const bits = static_cast<unsigned>(bits_);
    auto const next = head >> static_cast<unsigned>(unknown_ - bits_) & ((std::uint64_t{1} << bits) - 1);
    return beginning << bits | next;
  }
  void next_bits();

  int unknown_ = 0, bits_ = 0;  // bits; those that are counted next
  std::vector<Wanted> wanted_;
  std::vector<std::uint64_t> beginnings_;  // ascending
};

// Counts of a partition travel as those that are not 0: (place, count).
void put_counts(Step& step, std::vector<std::uint64_t> const& counts);
void add_counts(std::vector<std::uint64_t>& counts, Contributions all);
// Throws: Misuse for a quantile that is not between 0 and 1.
void check_quantiles(std::vector<double> const& which);

}  // namespace pel::data
