// Sums of logistic regression over points whose last number is a label, 0 or 1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "data/points.hpp"

namespace pel {

// What a step needs of all points, for weights w_1 … w_D and, as the last one, an intercept b. A point with features x
// and label y has z = w x + b, s = 2 y - 1, p = 1 / (1 + exp(-z)). Sums go in the order of points; the same bits on
// every kind of processor.
class LogisticSums {
 public:
  enum class Needs : std::uint8_t { slope, loss, curvature };  // each with all before it

  // Adds a block, in the order of its points. `weights`: D + 1 numbers, as many as a point has, or none: all are zero.
  // Throws: BadData for points of another width. Cost: about D / 2 vector operations a point, D^2 / 16 more with
  // curvature.
  void add(Points points, std::vector<double> const& weights, Needs needs);
  LogisticSums& operator+=(LogisticSums const& other);

  [[nodiscard]] std::uint64_t points() const noexcept { return points_; }
  // The sum of (p - y) (x, 1).
  [[nodiscard]] std::vector<double> const& slope() const noexcept { return slope_; }
  // The sum of log(1 + exp(-s z)), and how many points are on the side of z = 0 that is theirs.
  [[nodiscard]] double loss() const noexcept { return loss_; }
  [[nodiscard]] std::uint64_t hits() const noexcept { return hits_; }
  // The sum of p (1 - p) (x, 1) (x, 1)', D + 1 rows of D + 1 numbers, of which those up to the diagonal are filled.
  [[nodiscard]] std::vector<double> const& curvature() const noexcept { return curvature_; }

  void serialize(auto& archive, unsigned) {
    archive.put_or_take(slope_);
    archive.put_or_take(curvature_);
    archive.put_or_take(points_);
    archive.put_or_take(hits_);
    archive.put_or_take(loss_);
  }

 private:
  void add_losses(std::span<double const> z, std::span<double const> labels);

  std::vector<double> slope_, curvature_;
  std::uint64_t points_ = 0, hits_ = 0;
  double loss_ = 0;
};

// For points.aggregate<pel::LogisticSums>(pel::logistic_sums(weights, needs)).
[[nodiscard]] inline auto logistic_sums(std::vector<double> const& weights, LogisticSums::Needs needs) {
  return [&weights, needs](Points points, LogisticSums& sums) { sums.add(points, weights, needs); };
}

}  // namespace pel
