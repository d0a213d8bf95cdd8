#include "data/centroids.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "pel/error.hpp"

using pel::Centroids;
using pel::ClusterSums;
using pel::Points;

namespace {

std::vector<double> numbers(std::size_t n, std::uint64_t seed) {
  std::vector<double> made;
  for (std::size_t i = 0; i < n; ++i) made.push_back(static_cast<double>(pel::base::mix64(seed + i) % 2001) / 8 - 125);
  return made;
}

// One dimension after the other, one centre after the other.
std::pair<std::uint32_t, double> plain_nearest(std::span<double const> point, Centroids const& centroids) {
  std::pair<std::uint32_t, double> best{0, std::numeric_limits<double>::infinity()};
  for (std::uint32_t k = 0; k < centroids.size(); ++k) {
    double sum = 0;
    for (std::size_t d = 0; d < point.size(); ++d) {
      auto const apart = point[d] - centroids[k][d];
      sum += apart * apart;
    }
    if (sum < best.second) best = {k, sum};
  }
  return best;
}

}  // namespace

TEST_CASE("the nearest centre and its distance, to the last bit, for any number of centres and dimensions") {
  for (std::size_t const k : {1U, 2U, 7U, 31U, 32U, 33U, 70U})
    for (std::size_t const width : {1U, 3U, 16U}) {
      Centroids const centroids(numbers(k * width, 7), width);
      auto const values = numbers(200 * width, 1000);
      Points const points(values, width);
      std::vector<std::uint32_t> labels(200);
      std::vector<double> distances(200);
      centroids.nearest(points, labels.data(), distances.data());
      for (std::size_t i = 0; i < 200; ++i) {
        auto const [label, distance] = plain_nearest(points[i], centroids);
        CHECK(labels[i] == label);
        CHECK(distances[i] == distance);
      }
    }
}

TEST_CASE("of equally near centres the lowest number wins") {
  Centroids const centroids({2, -2, 2, -2}, 1);
  std::vector<double> const values{0, 2, -2, -5};
  std::vector<std::uint32_t> labels(4);
  std::vector<double> distances(4);
  centroids.nearest(Points(values, 1), labels.data(), distances.data());
  CHECK(labels == std::vector<std::uint32_t>{0, 0, 1, 1});
}

TEST_CASE("means of clusters; an empty one keeps its centre") {
  Centroids const before({0, 0, 100, 100, 500, 500}, 2);
  std::vector<double> const values{1, 2, 3, 4, 90, 110};
  ClusterSums sums, more, none;
  sums.add(Points(std::span(values).first(2), 2), before);
  more.add(Points(std::span(values).subspan(2), 2), before);
  sums += none;
  sums += more;
  CHECK(sums.means(before).values() == std::vector<double>{2, 3, 90, 110, 500, 500});
  CHECK(sums.counts() == std::vector<std::int64_t>{2, 1, 0});
  CHECK(sums.inertia() == 5 + 25 + 200);
  CHECK(pel::furthest_move(before, sums.means(before)) == 10);
}

TEST_CASE("points of another width are refused") {
  Centroids const centroids({0, 0}, 2);
  std::vector<double> const values{1, 2, 3};
  ClusterSums sums;
  CHECK_THROWS_AS(sums.add(Points(values, 3), centroids), pel::BadData);
  CHECK_THROWS_AS(Centroids({1, 2, 3}, 2), std::invalid_argument);
}
