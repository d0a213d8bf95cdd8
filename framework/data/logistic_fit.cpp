#include "data/logistic_fit.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "pel/error.hpp"

namespace pel {
namespace {

constexpr double rounding = 1e-12;  // by which an objective may grow: near the end of the way

// Solves matrix x = right by Cholesky's factors, in place. The matrix is symmetric, filled up to its diagonal.
// False where it is not positive definite.
bool solve(std::vector<double>& matrix, std::vector<double>& right) {
  auto const n = right.size();
  auto const at = [&](std::size_t i, std::size_t k) -> double& { return matrix[i * n + k]; };
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k <= i; ++k) {
      auto sum = at(i, k);
      auto const whole = sum;
      for (std::size_t j = 0; j < k; ++j) sum -= at(i, j) * at(k, j);
      if (i == k && !(sum > rounding * whole)) return false;  // not a number, too
      at(i, k) = i == k ? std::sqrt(sum) : sum / at(k, k);
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k) right[i] -= at(i, k) * right[k];
    right[i] /= at(i, i);
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) right[i] -= at(k, i) * right[k];
    right[i] /= at(i, i);
  }
  return true;
}

double number_of(LogisticSums const& sums) {
  if (sums.points() == 0) throw BadData("the input", 0, 0, -1, "holds no point");
  return static_cast<double>(sums.points());
}

}  // namespace

double LogisticFit::objective(LogisticSums const& sums, double l2) const {
  double squares = 0;
  for (std::size_t d = 0; d + 1 < weights_.size(); ++d) squares += weights_[d] * weights_[d];
  return sums.loss() / number_of(sums) + l2 / 2 * squares;
}

std::vector<double> LogisticFit::slope(LogisticSums const& sums, double l2) const {
  auto slope = sums.slope();
  for (auto& number : slope) number /= number_of(sums);
  for (std::size_t d = 0; d + 1 < weights_.size(); ++d) slope[d] += l2 * weights_[d];
  return slope;
}

double LogisticFit::steepest(LogisticSums const& sums, double l2) const {
  double steepest = 0;
  for (auto const number : slope(sums, l2)) steepest = std::max(steepest, std::abs(number));
  return steepest;
}

LogisticFit LogisticFit::descended(LogisticSums const& sums, double l2, double rate) const {
  auto const down = slope(sums, l2);
  auto next = *this;
  next.weights_.resize(down.size());
  for (std::size_t d = 0; d < down.size(); ++d) next.weights_[d] -= rate * down[d];
  return next;
}

LogisticFit LogisticFit::newton(LogisticSums const& sums, double l2) const {
  auto const here = objective(sums, l2);
  auto next = *this;
  if (!known_.empty() && !(here <= known_objective_ + rounding * std::abs(known_objective_))) {
    for (std::size_t d = 0; d < weights_.size(); ++d) next.weights_[d] = (known_[d] + weights_[d]) / 2;
    return next;
  }
  auto matrix = sums.curvature();
  auto const width = sums.slope().size();
  next.weights_.resize(width);
  for (auto& number : matrix) number /= number_of(sums);
  for (std::size_t d = 0; d + 1 < width; ++d) matrix[d * width + d] += l2;
  auto step = slope(sums, l2);
  if (!solve(matrix, step))
    throw BadData("the points", 0, 0, -1,
                  "have no single best weights: features depend on each other, or tell the labels apart; a little of "
                  "--l2 helps");
  next.known_ = next.weights_;
  for (std::size_t d = 0; d < width; ++d) next.weights_[d] -= step[d];
  next.known_objective_ = here;
  return next;
}

}  // namespace pel
