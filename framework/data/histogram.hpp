// Histograms: how many numbers lie between edges.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace pel {

// counts[i] is how many numbers x have edges[i] <= x < edges[i + 1]; the last one also has those that are its end.
struct Histogram {
  std::vector<double> edges;
  std::vector<std::uint64_t> counts;
  std::uint64_t outside = 0;  // before the first edge, behind the last one, or NaN
};

namespace data {

// The least and the greatest of the numbers that are finite.
struct Extremes {
  double least = std::numeric_limits<double>::infinity(), most = -std::numeric_limits<double>::infinity();
  void add(double x) noexcept {
    if (x - x == 0) *this += {x, x};
  }
  Extremes& operator+=(Extremes const& other) noexcept {
    least = std::min(least, other.least);
    most = std::max(most, other.most);
    return *this;
  }
};

// The edges of bins of one width from the least to the greatest; around it, where all are alike.
// Throws: Misuse for no bin.
[[nodiscard]] std::vector<double> equal_edges(Extremes const& extremes, std::size_t bins);
// Throws: Misuse where there are less than two, or they do not ascend.
void check_edges(std::vector<double> const& edges);
// The bin of a number; that behind the last one where it is outside. Requires: check_edges(edges).
// A template, so that it is compiled where it is used.
template <class Edges>
[[nodiscard]] std::size_t bin_of(Edges const& edges, double x) noexcept {
  auto const bins = edges.size() - 1;
  if (!(x >= edges.front() && x <= edges.back())) return bins;
  auto const behind = std::upper_bound(edges.begin(), edges.end(), x) - edges.begin();
  return std::min(static_cast<std::size_t>(behind), bins) - 1;
}

}  // namespace data
}  // namespace pel
