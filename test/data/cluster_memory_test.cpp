#include "data/cluster_memory.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "base/hash.hpp"
#include "data/centroids.hpp"

using pel::Centroids;
using pel::ClusterSums;
using pel::Points;
using pel::data::ClusterMemory;

namespace {

constexpr std::size_t point_count = 3000, partitions = 3;

std::uint64_t draw(std::uint64_t seed, std::uint64_t i) { return pel::base::mix64(seed * 1'000'003 + i); }

// Points around `heaps` places, `spread` apart from them at most; whole numbers where it is whole: then many are
// equally near to two centres.
std::vector<double> heaps_of(std::size_t heaps, std::size_t width, double spread, std::uint64_t seed) {
  std::vector<double> values;
  for (std::size_t i = 0; i < point_count; ++i) {
    auto const heap = draw(seed, i) % heaps;
    for (std::size_t d = 0; d < width; ++d) {
      auto const where = static_cast<double>(draw(heap, d) % 1000);
      values.push_back(where + spread * (static_cast<double>(draw(seed + 1, i * width + d) % 9) - 4));
    }
  }
  return values;
}

// All points in blocks of 700, as partitions that come last first.
ClusterSums with_memory(ClusterMemory& memory, Points points, Centroids const& centroids) {
  memory.begin(centroids);
  std::vector<ClusterSums> of(partitions);
  for (std::size_t slot = partitions; slot-- > 0;) {
    auto const mine = points.part(slot * point_count / partitions, point_count / partitions);
    for (std::size_t at = 0; at < mine.size(); at += 700)
      memory.add(mine.part(at, std::min<std::size_t>(700, mine.size() - at)), {slot, at}, of[slot]);
  }
  ClusterSums all;
  for (auto const& sums : of) all += sums;
  return all;
}

ClusterSums plain(Points points, Centroids const& centroids) {
  ClusterSums all;
  for (std::size_t slot = 0; slot < partitions; ++slot) {
    ClusterSums sums;
    sums.add(points.part(slot * point_count / partitions, point_count / partitions), centroids);
    all += sums;
  }
  return all;
}

void check_same(ClusterSums const& found, ClusterSums const& expected, Centroids const& centroids) {
  CHECK(found.counts() == expected.counts());
  CHECK(found.inertia() == expected.inertia());
  CHECK(found.means(centroids).values() == expected.means(centroids).values());
}

Centroids first_of(Points points, std::size_t k) {
  auto const values = points.part(0, k).values();
  return Centroids({values.begin(), values.end()}, points.width());
}

}  // namespace

TEST_CASE("rounds with memory have the bits of a search of all points, and search for few in the end") {
  for (std::size_t const width : {1U, 2U, 16U})
    for (std::size_t const k : {1U, 2U, 9U, 40U})
      for (double const spread : {1.0, 0.37, 30.0}) {
        CAPTURE(width);
        CAPTURE(k);
        CAPTURE(spread);
        auto const values = heaps_of(9, width, spread, 5);
        Points const points(values, width);
        ClusterMemory memory;
        auto centroids = first_of(points, k);
        for (int round = 0; round < 12; ++round) {
          auto const expected = plain(points, centroids);
          check_same(with_memory(memory, points, centroids), expected, centroids);
          if (round == 0) CHECK((memory.searched() > point_count / 2) == (k > 1));
          centroids = expected.means(centroids);
        }
        if (width == 16 && k < 10 && spread < 30) CHECK(memory.searched() < point_count / 4);  // 40 centres part heaps
      }
}

TEST_CASE("centres that leap, meet and part are followed") {
  auto const values = heaps_of(5, 3, 1, 8);
  Points const points(values, 3);
  ClusterMemory memory;
  for (std::uint64_t round = 0; round < 30; ++round) {
    std::vector<double> centres;
    for (std::size_t i = 0; i < 21; ++i) {
      auto const leaps = round % 3 == 0 || i % 3 == 0;
      centres.push_back(static_cast<double>(draw(leaps ? round : round / 3 * 3, i) % 1000));
      if (round % 5 == 4 && i >= 3) centres[i] = centres[i - 3];  // all in one place
    }
    Centroids const centroids(centres, 3);
    check_same(with_memory(memory, points, centroids), plain(points, centroids), centroids);
  }
}

TEST_CASE("another number of centres is a new beginning") {
  auto const values = heaps_of(5, 2, 1, 3);
  Points const points(values, 2);
  ClusterMemory memory;
  for (std::size_t const k : {9U, 2U, 9U, 1U}) {
    auto const centroids = first_of(points, k);
    check_same(with_memory(memory, points, centroids), plain(points, centroids), centroids);
  }
}

TEST_CASE("a round that moves nothing searches for nobody whose centre is clear") {
  auto const values = heaps_of(2, 4, 0.25, 1);
  Points const points(values, 4);
  Centroids const centroids({static_cast<double>(draw(0, 0) % 1000), static_cast<double>(draw(0, 1) % 1000),
                             static_cast<double>(draw(0, 2) % 1000), static_cast<double>(draw(0, 3) % 1000),
                             static_cast<double>(draw(1, 0) % 1000), static_cast<double>(draw(1, 1) % 1000),
                             static_cast<double>(draw(1, 2) % 1000), static_cast<double>(draw(1, 3) % 1000)},
                            4);
  ClusterMemory memory;
  (void)with_memory(memory, points, centroids);
  (void)with_memory(memory, points, centroids);
  CHECK(memory.searched() == 0);
}
