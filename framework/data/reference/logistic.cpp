#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "data/reference/plain_points.hpp"
#include "data/text_out.hpp"

namespace pel::data::reference {
namespace {

using Numbers = std::vector<double>;

// The objective at some weights, its slope, and its curvature, by rows.
struct Fitness {
  double objective = 0;
  Numbers slope;
  std::vector<Numbers> curvature;
};

// Feature d of a point; the intercept's is 1.
double feature(std::span<double const> point, std::size_t d) { return d + 1 == point.size() ? 1.0 : point[d]; }

Fitness fitness(PlainPoints const& points, Numbers const& weights, double l2, bool curved) {
  auto const width = weights.size();
  Fitness found{0, Numbers(width), std::vector<Numbers>(curved ? width : 0, Numbers(width))};
  auto const n = static_cast<double>(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    auto const point = points[i];
    double z = 0;
    for (std::size_t d = 0; d < width; ++d) z += weights[d] * feature(point, d);
    auto const signed_z = point.back() == 1 ? z : -z;
    found.objective += (signed_z > 0 ? std::log1p(std::exp(-signed_z)) : std::log1p(std::exp(signed_z)) - signed_z) / n;
    auto const p = 1 / (1 + std::exp(-z));
    for (std::size_t d = 0; d < width; ++d) found.slope[d] += (p - point.back()) * feature(point, d) / n;
    for (std::size_t d = 0; d < found.curvature.size(); ++d)
      for (std::size_t e = 0; e < width; ++e)
        found.curvature[d][e] += p * (1 - p) * feature(point, d) * feature(point, e) / n;
  }
  for (std::size_t d = 0; d + 1 < width; ++d) {
    found.objective += l2 / 2 * weights[d] * weights[d];
    found.slope[d] += l2 * weights[d];
    if (curved) found.curvature[d][d] += l2;
  }
  return found;
}

// Solves matrix x = right by Gauss's elimination, always with the largest pivot.
Numbers solved(std::vector<Numbers> matrix, Numbers right) {
  auto const n = right.size();
  for (std::size_t c = 0; c < n; ++c) {
    auto pivot = c;
    for (auto r = c + 1; r < n; ++r)
      if (std::abs(matrix[r][c]) > std::abs(matrix[pivot][c])) pivot = r;
    std::swap(matrix[c], matrix[pivot]);
    std::swap(right[c], right[pivot]);
    for (auto r = c + 1; r < n; ++r) {
      auto const share = matrix[r][c] / matrix[c][c];
      for (auto k = c; k < n; ++k) matrix[r][k] -= share * matrix[c][k];
      right[r] -= share * right[c];
    }
  }
  for (auto r = n; r-- > 0;) {
    for (auto k = r + 1; k < n; ++k) right[r] -= matrix[r][k] * right[k];
    right[r] /= matrix[r][r];
  }
  return right;
}

// Leaves out what is no labelled point.
PlainPoints labelled(PlainPoints const& points) {
  PlainPoints kept{{}, points.width};
  for (std::size_t i = 0; i < points.size(); ++i)
    if (auto const point = points[i]; point.back() == 0 || point.back() == 1)
      kept.values.insert(kept.values.end(), point.begin(), point.end());
  return kept;
}

Numbers fitted(PlainPoints const& points, LogisticRules const& rules) {
  constexpr double rounding = 1e-12;  // by which the objective may grow near the end of the way
  Numbers weights(points.width), known;
  double known_objective = 0;
  for (std::uint64_t round = 0; round < rules.rounds; ++round) {
    auto const here = fitness(points, weights, rules.l2, rules.newton);
    double steepest = 0;
    for (auto const slope : here.slope) steepest = std::max(steepest, std::abs(slope));
    auto step = here.slope;
    if (!rules.newton) {
      for (auto& number : step) number *= rules.rate;
    } else if (!known.empty() && !(here.objective <= known_objective + rounding * std::abs(known_objective))) {
      for (std::size_t d = 0; d < step.size(); ++d) step[d] = (weights[d] - known[d]) / 2;
    } else {
      step = solved(here.curvature, here.slope);
      known = weights;
      known_objective = here.objective;
    }
    for (std::size_t d = 0; d < step.size(); ++d) weights[d] -= step[d];
    if (!(steepest > rules.tolerance)) break;
  }
  return weights;
}

}  // namespace

Reference logistic(PointFiles points, LogisticRules const& rules) {
  return [files = std::move(points), rules](std::size_t max_line) {
    TextOut out;
    if (rules.rounds == 0) return out.take();  // no step has made weights
    for (auto const weight : fitted(labelled(read_plain_points(files, max_line)), rules)) out << weight << '\n';
    return out.take();
  };
}

}  // namespace pel::data::reference
