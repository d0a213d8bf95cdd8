// Centres to begin with, by k-means++: far from each other, and where points are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "data/centroids.hpp"
#include "data/pipe.hpp"

namespace pel::data {

// Chooses points as centres one by one (Arthur and Vassilvitskii, "k-means++: the advantages of careful seeding", SODA
// 2007). The weight of a point is its squared distance to the nearest centre so far, before the first one 1. The
// weights of each partition are summed in the order of its points, those sums in the order of partitions; of their
// total a part r is taken, where r is uniform in [0, 1) and a function of (seed, number of the centre); the next centre
// is the point at which the running sum passes that, partition by partition. Where none does, as all points lie on
// centres, it is the first point. So it depends on P, points and seed alone. Example: points 0 | 1 5 of two partitions,
// centre 0: weights 0 | 1 25; r = 0.01 picks 1, r = 0.5 picks 5.
class PlusPlus {
 public:
  // `n`: how many centres will be asked for.
  PlusPlus(Tap<Point> points, std::size_t n, std::uint64_t seed);

  // The centres so far and one more. Collective: all ranks. Throws: BadData if there are fewer than n points.
  // Cost: w = one pass, in which distances to centres that were not among those of the call before are found; 8 bytes a
  // point are kept; h = a number a partition and a point; l = 2.
  [[nodiscard]] Centroids next(Centroids const& centres);

 private:
  void weigh(std::vector<double>& weights, std::size_t first, Points points, Centroids const& centres) const;

  Tap<Point> points_;
  std::size_t n_;
  std::uint64_t seed_;
  std::vector<std::vector<double>> weights_;  // by slot, a number a point
  std::size_t known_ = 0;                     // of how many centres the weights know
};

}  // namespace pel::data
