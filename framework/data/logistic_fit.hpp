// Logistic regression: weights that are improved step by step.
#pragma once

#include <cstddef>
#include <vector>

#include "data/logistic_sums.hpp"
#include "data/named_member.hpp"

namespace pel {

// Weights w_1 … w_D and an intercept b, for which (1/n) sum log(1 + exp(-s z)) + l2/2 |w|^2 shall be least; the
// intercept is not held down. A value: what pel::iterate carries on.
class LogisticFit {
 public:
  // D + 1 numbers, b is the last one; none before the first step: all are zero.
  [[nodiscard]] std::vector<double> const& weights() const noexcept { return weights_; }

  // What shall be least (of sums with a loss), and its steepest slope, at these weights. Throws: BadData where there is
  // no point.
  [[nodiscard]] double objective(LogisticSums const& sums, double l2) const;
  [[nodiscard]] double steepest(LogisticSums const& sums, double l2) const;

  // After a step of gradient descent: w - rate * slope.
  [[nodiscard]] LogisticFit descended(LogisticSums const& sums, double l2, double rate) const;
  // After a step of Newton's method: w - curvature^-1 slope; or, where the step before went too far up, after half the
  // way back. Requires: sums with curvature. Throws: BadData where there is no such step: the features of the points
  // depend on each other, or tell the labels apart, and l2 is 0.
  [[nodiscard]] LogisticFit newton(LogisticSums const& sums, double l2) const;

  void serialize(auto& archive, unsigned) {
    archive& data::NamedMember{"weights", weights_};
    archive& data::NamedMember{"known", known_};
    archive& data::NamedMember{"known_objective", known_objective_};
  }

 private:
  [[nodiscard]] std::vector<double> slope(LogisticSums const& sums, double l2) const;

  std::vector<double> weights_;
  std::vector<double> known_;  // of Newton's method: the best weights so far, or none
  double known_objective_ = 0;
};

}  // namespace pel
