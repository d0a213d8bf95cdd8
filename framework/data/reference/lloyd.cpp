#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "data/centroids.hpp"
#include "data/reference/plain_points.hpp"
#include "data/text_out.hpp"

namespace pel::data::reference {
namespace {

std::size_t nearest(PlainPoints const& centres, std::span<double const> point) {
  std::size_t best = 0;
  auto least = std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k < centres.size(); ++k) {
    double distance = 0;
    for (std::size_t d = 0; d < point.size(); ++d) {
      auto const apart = point[d] - centres[k][d];
      distance += apart * apart;
    }
    if (distance < least) {
      least = distance;
      best = k;
    }
  }
  return best;
}

// The centres after one round.
PlainPoints moved(PlainPoints const& points, PlainPoints const& centres) {
  PlainPoints sums{std::vector<double>(centres.values.size()), centres.width};
  std::vector<std::uint64_t> counts(centres.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    auto const k = nearest(centres, points[i]);
    ++counts[k];
    for (std::size_t d = 0; d < points.width; ++d) sums.values[k * points.width + d] += points[i][d];
  }
  auto next = centres;
  for (std::size_t i = 0; i < next.values.size(); ++i)
    if (auto const n = counts[i / next.width]; n > 0) next.values[i] = sums.values[i] / static_cast<double>(n);
  return next;
}

}  // namespace

Reference lloyd(PointFiles files, Centroids const& start, std::uint64_t rounds, double tolerance) {
  PlainPoints const first{start.values(), start.width()};
  return [files = std::move(files), first, rounds, tolerance](std::size_t max_line) {
    auto const points = read_plain_points(files, max_line);
    auto centres = first;
    double furthest = std::numeric_limits<double>::infinity();
    for (std::uint64_t round = 0; round < rounds && furthest > tolerance; ++round) {
      auto next = moved(points, centres);
      furthest = 0;
      for (std::size_t i = 0; i < next.values.size(); ++i)
        furthest = std::max(furthest, std::abs(next.values[i] - centres.values[i]));
      centres = std::move(next);
    }
    TextOut out;
    for (std::size_t i = 0; i < centres.values.size(); ++i)
      out << centres.values[i] << ((i + 1) % centres.width == 0 ? '\n' : ',');
    return out.take();
  };
}

}  // namespace pel::data::reference
