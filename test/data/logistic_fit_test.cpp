#include "data/logistic_fit.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "pel/error.hpp"

using pel::LogisticFit;
using pel::LogisticSums;
using pel::Points;
using Needs = pel::LogisticSums::Needs;

namespace {

// n points of `width` numbers, the last one a label that the others say something about.
std::vector<double> some_points(std::size_t n, std::size_t width, double scale = 1) {
  std::vector<double> values;
  for (std::size_t i = 0; i < n; ++i) {
    double sum = 0;
    for (std::size_t d = 0; d + 1 < width; ++d) {
      auto const x = std::sin(static_cast<double>(i * 31 + d * d * 7 + 1)) * scale;
      values.push_back(x);
      sum += x * (d % 2 == 0 ? 1 : -0.5);
    }
    values.push_back(sum + std::cos(static_cast<double>(i)) * scale > 0 ? 1 : 0);
  }
  return values;
}

std::vector<double> some_weights(std::size_t width) {
  std::vector<double> weights;
  for (std::size_t d = 0; d < width; ++d) weights.push_back(std::cos(static_cast<double>(d * 5 + 1)));
  return weights;
}

// The plain oracle, point by point with the functions of the library.
struct PlainSums {
  std::vector<double> slope, curvature;
  double loss = 0;
  std::uint64_t hits = 0;

  PlainSums(std::vector<double> const& values, std::vector<double> const& weights)
      : slope(weights.size()), curvature(weights.size() * weights.size()) {
    auto const width = weights.size();
    for (std::size_t at = 0; at < values.size(); at += width) {
      std::vector<double> x(values.begin() + static_cast<std::ptrdiff_t>(at),
                            values.begin() + static_cast<std::ptrdiff_t>(at + width));
      auto const y = x.back();
      x.back() = 1;
      double z = 0;
      for (std::size_t d = 0; d < width; ++d) z += weights[d] * x[d];
      auto const wrong = y > 0.5 ? -z : z;
      auto const p = 1 / (1 + std::exp(-z));
      loss += std::log1p(std::exp(-std::abs(z))) + std::max(wrong, 0.0);
      hits += static_cast<std::uint64_t>((z > 0) == (y > 0.5));
      for (std::size_t d = 0; d < width; ++d) {
        slope[d] += (p - y) * x[d];
        for (std::size_t e = 0; e <= d; ++e) curvature[d * width + e] += p * (1 - p) * x[d] * x[e];
      }
    }
  }
};

void check_close(std::vector<double> const& found, std::vector<double> const& right, double scale) {
  CHECK(found.size() == right.size());
  for (std::size_t i = 0; i < right.size() && i < found.size(); ++i)
    CHECK(std::abs(found[i] - right[i]) <= 1e-13 * scale);
}

LogisticSums sums_of(std::vector<double> const& values, std::size_t width, LogisticFit const& fit) {
  LogisticSums sums;
  sums.add(Points(values, width), fit.weights(), Needs::curvature);
  return sums;
}

}  // namespace

TEST_CASE("sums are what a plain loop with the library's functions makes, for any width and number of points") {
  for (std::size_t const width : {1, 2, 8, 9, 10, 17, 31})
    for (std::size_t const n : {1, 255, 256, 600}) {
      CAPTURE(width);
      CAPTURE(n);
      auto const values = some_points(n, width, n == 600 ? 40 : 1);
      auto const weights = some_weights(width);
      PlainSums const right(values, weights);
      auto const scale = (n == 600 ? 1600.0 : 1.0) * static_cast<double>(n * width);
      LogisticSums sums;
      sums.add(Points(values, width), weights, Needs::curvature);

      CHECK(sums.points() == n);
      CHECK(sums.hits() == right.hits);
      CHECK(std::abs(sums.loss() - right.loss) <= 1e-14 * scale);
      check_close(sums.slope(), right.slope, scale);
      check_close(sums.curvature(), right.curvature, scale);
    }
}

TEST_CASE("a point far from the border adds what it should, not infinity") {
  for (double const z : {700.0, -700.0, 1e5, -1e5, 0.0}) {
    LogisticSums sums;
    std::vector<double> const point{z, 1};
    sums.add(Points(point, 2), {1, 0}, Needs::loss);
    CHECK(std::abs(sums.loss() - (z < 0 ? -z : z > 0 ? 0 : std::log(2.0))) <= 1e-15 * (1 + std::abs(z)));
    CHECK(std::abs(sums.slope()[1] - (z < 0 ? -1 : z > 0 ? 0 : -0.5)) <= 1e-300);
  }
}

TEST_CASE("sums of parts add up, and a part without points adds nothing") {
  auto const values = some_points(100, 4);
  auto const weights = some_weights(4);
  LogisticSums left, right, whole;
  left.add(Points(std::span(values).first(240), 4), weights, Needs::curvature);
  right.add(Points(std::span(values).subspan(240), 4), weights, Needs::curvature);
  whole += LogisticSums();
  whole += left;
  whole += right;

  CHECK(whole.points() == 100);
  PlainSums const plain(values, weights);
  check_close(whole.curvature(), plain.curvature, 100);
  CHECK_THROWS_AS(left.add(Points(values, 5), weights, Needs::slope), pel::BadData);
}

TEST_CASE("Newton's method ends where no slope is, and gradient descent goes there") {
  auto const values = some_points(400, 5);
  LogisticFit newton, descent;
  for (int step = 0; step < 12; ++step) newton = newton.newton(sums_of(values, 5, newton), 0.1);
  for (int step = 0; step < 400; ++step) descent = descent.descended(sums_of(values, 5, descent), 0.1, 1.0);

  CHECK(newton.steepest(sums_of(values, 5, newton), 0.1) < 1e-15);
  check_close(descent.weights(), newton.weights(), 1e4);
  CHECK(newton.objective(sums_of(values, 5, newton), 0.1) < std::log(2.0));
}

TEST_CASE("a step of Newton's method that went up is taken back by half, until it goes down") {
  auto const values = some_points(50, 3);
  auto opposite = values;  // points of which every step away from them is one up
  for (std::size_t i = 2; i < opposite.size(); i += 3) opposite[i] = 1 - opposite[i];
  auto const first = LogisticFit().newton(sums_of(values, 3, {}), 0.01);
  auto const half = first.newton(sums_of(opposite, 3, first), 0.01);
  auto const quarter = half.newton(sums_of(opposite, 3, half), 0.01);

  for (std::size_t d = 0; d < 3; ++d) {
    CHECK(half.weights()[d] == first.weights()[d] / 2);
    CHECK(quarter.weights()[d] == first.weights()[d] / 4);
  }
  auto const down = quarter.newton(sums_of(values, 3, quarter), 0.01);
  CHECK(down.objective(sums_of(values, 3, down), 0.01) < quarter.objective(sums_of(values, 3, quarter), 0.01));
}

TEST_CASE("without a penalty, points that have no single best weights are refused") {
  std::vector<double> const twice{1, 1, 1, 2, 2, 0, 3, 3, 1, 4, 4, 0};  // two features that are one
  LogisticFit const fit;
  CHECK_THROWS_AS((void)fit.newton(sums_of(twice, 3, fit), 0), pel::BadData);
  CHECK(fit.newton(sums_of(twice, 3, fit), 0.01).weights().size() == 3);
  CHECK_THROWS_AS((void)fit.newton(LogisticSums(), 0.01), pel::BadData);
}
