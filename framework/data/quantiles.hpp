// quantiles and histogram: how numbers are spread, exactly.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "data/aggregate.hpp"
#include "data/histogram.hpp"
#include "data/rank_search.hpp"
#include "data/sort_key.hpp"

namespace pel::data {

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

// See Stream::quantiles.
template <class Source, class Value>
[[nodiscard]] auto quantiles(Source source, Value const& value, std::vector<double> const& which) {
  using K = std::remove_cvref_t<std::invoke_result_t<Value const&, ViewOf<typename Source::Element> const&>>;
  check_quantiles(which);
  source.prepare(true);
  auto const range = fold_partitions<RankSearch::Range>(
      *source.flow(), "quantiles: range", source.passing(), [&](Step& step, RankSearch::Range& mine) {
        source.run(step, [&](auto const& element) { mine.add(SortKey<K>::head(value(element)).first); });
      });
  std::vector<K> found;
  if (range.n == 0) return found;
  RankSearch search(range, which);
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
  check_edges(edges);
  source.prepare();
  std::vector<std::uint64_t> counts(edges.size());  // the last one: outside
  source.flow()->superstep(
      "histogram",
      [&](Step& step) {
        std::vector<std::uint64_t> mine(edges.size());
        source.run(step, [&](auto const& element) { ++mine[bin_of(edges, static_cast<double>(value(element)))]; });
        put_counts(step, mine);
      },
      [&](Contributions all) { add_counts(counts, all); }, source.passing());
  auto const outside = counts.back();
  counts.pop_back();
  return {std::move(edges), std::move(counts), outside};
}
template <class Source, class Value>
[[nodiscard]] Histogram histogram(Source source, Value const& value, std::size_t bins) {
  source.prepare(true);
  auto const extremes =
      fold_partitions<Extremes>(*source.flow(), "histogram: range", source.passing(), [&](Step& step, Extremes& mine) {
        source.run(step, [&](auto const& element) { mine.add(static_cast<double>(value(element))); });
      });
  return histogram(std::move(source), value, equal_edges(extremes, bins));
}

}  // namespace pel::data
