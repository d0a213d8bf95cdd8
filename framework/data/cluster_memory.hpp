// What is known of each point from the round before: most of them need no search for their nearest centre.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "data/aggregate.hpp"
#include "data/centroids.hpp"
#include "data/points.hpp"

namespace pel::engine {
class Memory;
}

namespace pel::data {

// Of the points of a rank, in rounds: begin(centroids), then add() of every block of every partition, in any order.
//
// Of a point it keeps its centre and how near any other one can be at most, a bound which each round lowers by how far
// centres have moved. A point is searched for only where its centre is further than that bound and than half of the way
// from there to the next centre (G. Hamerly, Making k-means even faster, SIAM Data Mining 2010). Bounds give way by
// more than rounding may have done to them, so labels, and with them sums, have the bits of a search of all points. It
// is no part of a checkpoint: a round without memory searches for all. Memory: 12 bytes a point, counted with datasets
// that are kept; where these have too much already, points are searched for in each round.
class ClusterMemory {
 public:
  ClusterMemory() = default;
  ~ClusterMemory();
  ClusterMemory(ClusterMemory const&) = delete;
  ClusterMemory& operator=(ClusterMemory const&) = delete;

  // What the last round knows becomes bounds for these. `memory`: where to count, the same each time. Requires: the
  // centroids live until the next one. Not while add() runs.
  void begin(Centroids const& centroids, std::shared_ptr<engine::Memory> const& memory = {});
  // Adds a block, in the order of its points, as ClusterSums::add() does. Throws: as Centroids::check_width().
  void add(Points points, Place place, ClusterSums& sums);

  // How many points the blocks of the last round searched for.
  [[nodiscard]] std::uint64_t searched() const;

 private:
  struct Known {  // of a partition
    std::vector<std::uint32_t> labels;
    std::vector<double> others;  // no other centre is nearer
    std::uint64_t searched = 0;
  };
  [[nodiscard]] Known& known_of(std::size_t slot);
  // Makes room for so many points of a partition. False: there is none.
  [[nodiscard]] bool grow(Known& known, std::size_t points);
  void forget();
  // Fills in labels and distances of at most block_elements points from `at` on.
  void assign(Points block, Known& known, std::size_t at, double* distances) const;
  [[nodiscard]] bool stays(double squared, double others, std::uint32_t label) const;

  std::shared_ptr<engine::Memory> memory_;
  std::atomic<std::uint64_t> counted_{0};  // bytes told to it
  Centroids const* centroids_ = nullptr;
  std::vector<double> before_;              // the centres of the last round
  std::vector<double> half_way_;            // of each centre: to the nearest other one
  double most_moved_ = 0, next_moved_ = 0;  // how far the centre went that went furthest, and the others at most
  std::size_t furthest_ = 0;
  double margin_ = 0;
  mutable std::mutex mutex_;  // of the map, not of what is in it: a partition is added by one thread
  std::map<std::size_t, Known> known_;
};

}  // namespace pel::data
