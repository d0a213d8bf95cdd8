#include "data/histogram.hpp"

#include <cmath>

#include "pel/error.hpp"

namespace pel::data {

std::vector<double> equal_edges(Extremes const& extremes, std::size_t bins) {
  if (bins == 0) throw Misuse("histogram: there is at least one bin");
  auto [low, high] = extremes;
  if (!(low <= high)) low = 0, high = 1;  // there is no number
  if (low == high) low -= 0.5, high += 0.5;
  std::vector<double> edges;
  for (std::size_t i = 0; i <= bins; ++i)
    edges.push_back(std::lerp(low, high, static_cast<double>(i) / static_cast<double>(bins)));
  return edges;
}

void check_edges(std::vector<double> const& edges) {
  auto const falls = [](double before, double behind) { return !(before <= behind); };
  if (edges.size() < 2 || std::adjacent_find(edges.begin(), edges.end(), falls) != edges.end())
    throw Misuse("histogram: edges are two numbers or more, ascending");
}

}  // namespace pel::data
