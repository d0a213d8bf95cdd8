// Points picked evenly from a dataset.
#pragma once

#include <cstddef>

#include "data/centroids.hpp"
#include "data/pipe.hpp"

namespace pel::data {

// The points with numbers (N / n) k for k = 0 … n - 1 of N. Collective: all ranks. Throws: BadData
// if there are fewer than n. Cost: two passes, or none where points can be looked up by number.
[[nodiscard]] Centroids spread_over(Tap<Point> source, std::size_t n);

// All points, in order, on every rank: for few. Collective: all ranks.
[[nodiscard]] Centroids gather_points(Tap<Point> source);

}  // namespace pel::data
