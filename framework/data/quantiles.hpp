// quantiles and histogram: how numbers are spread, exactly.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "data/aggregate.hpp"
#include "data/sort_key.hpp"
#include "pel/error.hpp"

namespace pel {

// counts[i] is how many numbers x have edges[i] <= x < edges[i + 1]; the last one also has those that are its end.
struct Histogram {
  std::vector<double> edges;
  std::vector<std::uint64_t> counts;
  std::uint64_t outside = 0;  // before the first edge, behind the last one, or NaN
};

namespace data {

// The number whose head (see SortKey) it is.
template <class K>
[[nodiscard]] K number_of_head(std::uint64_t head) noexcept {
  constexpr auto sign = std::uint64_t{1} << 63U;
  if constexpr (std::floating_point<K>)
    return static_cast<K>(std::bit_cast<double>((head & sign) != 0 ? head ^ sign : ~head));
  else if constexpr (std::is_signed_v<K>)
    return static_cast<K>(static_cast<std::int64_t>(head ^ sign));
  else
    return static_cast<K>(head);
}

// Finds the heads at given ranks: the leading bits first, by counting those of all heads, then those of the heads that
// begin alike, and so on.
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

  // Requires: each rank < range.n.
  RankSearch(Range const& range, std::vector<std::uint64_t> const& ranks)
      : unknown_(static_cast<int>(std::bit_width(range.least ^ range.most))) {
    for (auto const rank : ranks) wanted_.push_back({rank, upper(range.least)});
    next_bits();
  }
  [[nodiscard]] bool done() const noexcept { return unknown_ == 0; }

  // Heads of one partition, counted in places that count_all() adds up.
  [[nodiscard]] std::vector<std::uint64_t> empty_counts() const {
    return std::vector<std::uint64_t>(beginnings_.size() << static_cast<unsigned>(bits_));
  }
  void count(std::vector<std::uint64_t>& counts, std::uint64_t head) const noexcept {
    auto const beginning = upper(head);
    auto const at = std::lower_bound(beginnings_.begin(), beginnings_.end(), beginning);
    if (at == beginnings_.end() || *at != beginning) return;
    ++counts[place(static_cast<std::size_t>(at - beginnings_.begin()), head)];
  }
  // Of all partitions.
  void learn(std::vector<std::uint64_t> const& counts) {
    auto const below = unknown_ - bits_;
    for (auto& [rank, beginning] : wanted_) {
      auto const at = std::lower_bound(beginnings_.begin(), beginnings_.end(), beginning) - beginnings_.begin();
      auto bucket = static_cast<std::size_t>(at) << static_cast<unsigned>(bits_);
      std::uint64_t next = 0;
      for (; rank >= counts[bucket]; ++bucket, ++next) rank -= counts[bucket];
      beginning |= next << static_cast<unsigned>(below);
    }
    unknown_ = below;
    next_bits();
  }
  // Once done().
  [[nodiscard]] std::vector<std::uint64_t> heads() const {
    std::vector<std::uint64_t> found;
    for (auto const& wanted : wanted_) found.push_back(wanted.beginning);
    return found;
  }

 private:
  struct Wanted {
    std::uint64_t rank;       // among those that begin alike
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
  // 13 bits, fewer where there are many beginnings.
  void next_bits() {
    beginnings_.clear();
    for (auto const& wanted : wanted_) beginnings_.push_back(wanted.beginning);
    std::sort(beginnings_.begin(), beginnings_.end());
    beginnings_.erase(std::unique(beginnings_.begin(), beginnings_.end()), beginnings_.end());
    auto const room = 18 - static_cast<int>(std::bit_width(beginnings_.size()));
    bits_ = std::min(unknown_, std::clamp(room, 4, 13));
  }

  int unknown_ = 0, bits_ = 0;  // bits; those that are counted next
  std::vector<Wanted> wanted_;
  std::vector<std::uint64_t> beginnings_;  // ascending
};

// Counts of a partition as what is not 0: (place, count).
inline void put_counts(Step& step, std::vector<std::uint64_t> const& counts) {
  for (std::uint64_t at = 0; at < counts.size(); ++at) {
    if (counts[at] == 0) continue;
    contribute(step, at);
    contribute(step, counts[at]);
  }
}
inline void add_counts(std::vector<std::uint64_t>& counts, Contributions all) {
  for (auto const bytes : all)
    for (std::size_t from = 0; from < bytes.size(); from += 2 * sizeof(std::uint64_t)) {
      std::array<std::uint64_t, 2> pair{};
      std::memcpy(pair.data(), bytes.data() + from, sizeof pair);
      counts[pair[0]] += pair[1];
    }
}

// See Stream::quantiles.
template <class Source, class Value>
[[nodiscard]] auto quantiles(Source source, Value const& value, std::vector<double> const& which) {
  using K = std::remove_cvref_t<std::invoke_result_t<Value const&, ViewOf<typename Source::Element> const&>>;
  for (auto const q : which)
    if (!(q >= 0 && q <= 1)) throw Misuse("quantiles: " + std::to_string(q) + " is not between 0 and 1");
  source.prepare(true);
  auto const range = fold_partitions<RankSearch::Range>(
      *source.flow(), "quantiles: range", source.passing(), [&](Step& step, RankSearch::Range& mine) {
        source.run(step, [&](auto const& element) { mine.add(SortKey<K>::head(value(element)).first); });
      });
  std::vector<K> found;
  if (range.n == 0) return found;
  std::vector<std::uint64_t> ranks;
  for (auto const q : which) {
    auto const nth = std::ceil(q * static_cast<double>(range.n));
    ranks.push_back(std::min(range.n, static_cast<std::uint64_t>(std::max(nth, 1.0))) - 1);
  }
  RankSearch search(range, ranks);
  while (!search.done()) {
    source.prepare(true);
    auto counts = search.empty_counts();
    source.flow()->superstep(
        "quantiles: count",
        [&](Step& step) {
          auto mine = search.empty_counts();
          source.run(step, [&](auto const& element) { search.count(mine, SortKey<K>::head(value(element)).first); });
          put_counts(step, mine);
        },
        [&](Contributions all) { add_counts(counts, all); }, source.passing());
    search.learn(counts);
  }
  for (auto const head : search.heads()) found.push_back(number_of_head<K>(head));
  return found;
}

// See Stream::histogram.
template <class Source, class Value>
[[nodiscard]] Histogram histogram(Source source, Value const& value, std::vector<double> edges) {
  auto const falls = [](double before, double behind) { return !(before <= behind); };
  if (edges.size() < 2 || std::adjacent_find(edges.begin(), edges.end(), falls) != edges.end())
    throw Misuse("histogram: edges are two numbers or more, ascending");
  auto const bins = edges.size() - 1;
  auto const bin_of = [&](double x) {
    if (!(x >= edges.front() && x <= edges.back())) return bins;
    auto const behind = std::upper_bound(edges.begin(), edges.end(), x) - edges.begin();
    return std::min(static_cast<std::size_t>(behind), bins) - 1;
  };
  source.prepare();
  std::vector<std::uint64_t> counts(bins + 1);
  source.flow()->superstep(
      "histogram",
      [&](Step& step) {
        std::vector<std::uint64_t> mine(bins + 1);
        source.run(step, [&](auto const& element) { ++mine[bin_of(static_cast<double>(value(element)))]; });
        put_counts(step, mine);
      },
      [&](Contributions all) { add_counts(counts, all); }, source.passing());
  auto const outside = counts.back();
  counts.pop_back();
  return {std::move(edges), std::move(counts), outside};
}

// Bins of one width from the least number to the greatest; around it, where all are alike.
template <class Source, class Value>
[[nodiscard]] Histogram histogram(Source source, Value const& value, std::size_t bins) {
  if (bins == 0) throw Misuse("histogram: there is at least one bin");
  struct Extremes {
    double least = std::numeric_limits<double>::infinity(), most = -std::numeric_limits<double>::infinity();
    Extremes& operator+=(Extremes const& other) noexcept {
      least = std::min(least, other.least);
      most = std::max(most, other.most);
      return *this;
    }
  };
  source.prepare(true);
  auto const found =
      fold_partitions<Extremes>(*source.flow(), "histogram: range", source.passing(), [&](Step& step, Extremes& mine) {
        source.run(step, [&](auto const& element) {
          auto const x = static_cast<double>(value(element));
          if (std::isfinite(x)) mine += {x, x};
        });
      });
  auto [low, high] = found;
  if (!(low <= high)) low = 0, high = 1;  // there is none
  if (low == high) low -= 0.5, high += 0.5;
  std::vector<double> edges;
  auto const n = static_cast<double>(bins);
  for (std::size_t i = 0; i <= bins; ++i) edges.push_back(std::lerp(low, high, static_cast<double>(i) / n));
  return histogram(std::move(source), value, std::move(edges));
}

}  // namespace data
}  // namespace pel
