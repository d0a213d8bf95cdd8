#include "data/plus_plus.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "base/random.hpp"
#include "data/aggregate.hpp"
#include "pel/error.hpp"

namespace pel::data {
namespace {

// Of each partition the sum of its weights, and how many points it has.
struct PartitionWeights {
  std::vector<double> sums;
  std::vector<std::uint64_t> points;
  PartitionWeights& operator+=(PartitionWeights const& other) {
    sums.insert(sums.end(), other.sums.begin(), other.sums.end());
    points.insert(points.end(), other.points.begin(), other.points.end());
    return *this;
  }
  void serialize(auto& archive, unsigned) {
    archive.put_or_take(sums);
    archive.put_or_take(points);
  }
};
struct PickedPoint {
  std::vector<double> values;
  PickedPoint& operator+=(PickedPoint const& other) {
    values.insert(values.end(), other.values.begin(), other.values.end());
    return *this;
  }
  void serialize(auto& archive, unsigned) { archive.put_or_take(values); }
};

// The point at which a partition's running sum of weights passes `beyond`; the first one where there is no such sum.
struct Pick {
  std::size_t partition = 0;
  std::optional<double> beyond;
};

Pick pick(PartitionWeights const& all, double share) {
  double total = 0;
  for (auto const sum : all.sums) total += sum;
  auto const wanted = share * total;
  double before = 0;
  for (std::size_t p = 0; p < all.sums.size(); ++p) {
    if (before + all.sums[p] > wanted) return {p, wanted - before};
    before += all.sums[p];
  }
  auto const first = std::find_if(all.points.begin(), all.points.end(), [](auto n) { return n > 0; });
  return {static_cast<std::size_t>(first - all.points.begin()), std::nullopt};
}

// Rounding may leave a partition's sum at what it should pass: then its last point of any weight is taken.
std::size_t number_of(std::vector<double> const& weights, std::optional<double> beyond) {
  if (!beyond) return 0;
  std::size_t last = 0;
  double sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    sum += weights[i];
    if (sum > *beyond) return i;
    if (weights[i] > 0) last = i;
  }
  return last;
}

double squared_distance(std::span<double const> a, std::span<double const> b) {
  double sum = 0;
  for (std::size_t d = 0; d < a.size(); ++d) sum += (a[d] - b[d]) * (a[d] - b[d]);
  return sum;
}

}  // namespace

PlusPlus::PlusPlus(Tap<Point> points, std::size_t n, std::uint64_t seed)
    : points_(std::move(points)), n_(n), seed_(seed) {}

// Of a block whose first point has that number within its partition.
void PlusPlus::weigh(std::vector<double>& weights, std::size_t first, Points points, Centroids const& centres) const {
  if (weights.size() < first + points.size()) weights.resize(first + points.size(), 1);
  if (centres.size() > 0) centres.check_width(points);
  for (std::size_t k = known_; k < centres.size(); ++k)
    for (std::size_t i = 0; i < points.size(); ++i) {
      auto const distance = squared_distance(points[i], centres[k]);
      auto& weight = weights[first + i];
      weight = k == 0 ? distance : std::min(weight, distance);
    }
}

Centroids PlusPlus::next(Centroids const& centres) {
  auto& flow = *points_.flow();
  points_.prepare(true);
  weights_.resize(flow.slots());
  auto const all =
      fold_partitions<PartitionWeights>(flow, "weigh", points_.passing(), [&](Step& step, PartitionWeights& mine) {
        auto& weights = weights_[step.slot];
        std::size_t n = 0;
        points_.run_blocks(step, [&](Points block) {
          weigh(weights, n, block, centres);
          n += block.size();
        });
        double sum = 0;
        for (auto const weight : weights) sum += weight;
        mine.sums.assign(1, sum);
        mine.points.assign(1, n);
      });
  known_ = centres.size();
  std::uint64_t total = 0;
  for (auto const n : all.points) total += n;
  if (total < n_ || n_ == 0)
    throw BadData("the input", 0, 0, -1,
                  std::to_string(total) + " points for the " + std::to_string(n_) + " clusters asked for");
  auto const picked = pick(all, Random(seed_, centres.size(), 0).uniform());
  points_.prepare(true);
  auto const point = fold_partitions<PickedPoint>(flow, "pick", points_.passing(), [&](Step& step, PickedPoint& mine) {
    if (step.partition().index() != picked.partition) return;
    auto const wanted = number_of(weights_[step.slot], picked.beyond);
    std::size_t at = 0;
    points_.run_blocks(step, [&](Points block) {
      if (wanted >= at && wanted < at + block.size())
        mine.values.assign(block[wanted - at].begin(), block[wanted - at].end());
      at += block.size();
    });
  });
  auto values = centres.values();
  values.insert(values.end(), point.values.begin(), point.values.end());
  return Centroids(std::move(values), point.values.size());
}

}  // namespace pel::data
