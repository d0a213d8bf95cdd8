// Centres of clusters: the nearest one to each point, and the means of those that are nearest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "data/named_member.hpp"
#include "data/nearest_centre.hpp"
#include "data/points.hpp"
#include "data/text_out.hpp"

namespace pel {

// K centres in D dimensions. Distances are squared Euclidean, summed in the order of dimensions; of equal ones the
// centre of the lower number wins.
class Centroids {
 public:
  Centroids() = default;
  // Requires: rows of one width > 0. A copy turned by 90 degrees lies beside them: all distances of a point grow at a
  // time, dimension by dimension, in the lanes of vector registers, which changes no bit of them.
  explicit Centroids(std::vector<double> values, std::size_t width);

  [[nodiscard]] std::size_t size() const noexcept { return width_ == 0 ? 0 : values_.size() / width_; }  // K
  [[nodiscard]] std::size_t width() const noexcept { return width_; }                                    // D
  [[nodiscard]] std::span<double const> operator[](std::size_t k) const noexcept {
    return std::span(values_).subspan(k * width_, width_);
  }
  [[nodiscard]] std::vector<double> const& values() const noexcept { return values_; }

  // Throws: BadData for points of another width: a user has named files that do not belong together.
  void check_width(Points points) const;

  // For each point of the block the number of its nearest centre, and how far that is. Requires: room for points.size()
  // of each. Throws: as check_width(). Cost: see find_nearest().
  void nearest(Points points, std::uint32_t* labels, double* distances) const;
  // The same for n of them by number. Requires: points of this width.
  void search(Points points, std::uint32_t const* which, std::size_t n, data::Nearest const& found) const noexcept;

  // As state of a job.
  void serialize(auto& archive, unsigned) {
    archive& data::NamedMember{"values", values_};
    archive& data::NamedMember{"width", width_};
    turn();
  }

 private:
  void turn();

  std::vector<double> values_;  // K x D
  std::uint64_t width_ = 0;
  std::vector<double> turned_;  // D x (K, filled up to a whole number of lanes with centres infinitely far)
  std::size_t lanes_ = 0;
};

// The largest difference of a coordinate. Requires: equal sizes and widths.
[[nodiscard]] double furthest_move(Centroids const& before, Centroids const& after);

// What becomes of a round: how many points each centre has, their sum, and the squared distances of all.
class ClusterSums {
 public:
  // Adds a block, in the order of its points.
  void add(Points points, Centroids const& centroids);
  // The same with what was found for them.
  void add(Points points, Centroids const& centroids, std::uint32_t const* labels, double const* distances);
  ClusterSums& operator+=(ClusterSums const& other);

  // The mean of each cluster; an empty one keeps its centre.
  [[nodiscard]] Centroids means(Centroids const& before) const;
  [[nodiscard]] double inertia() const noexcept { return inertia_; }
  [[nodiscard]] std::vector<std::int64_t> const& counts() const noexcept { return counts_; }

  void serialize(auto& archive, unsigned) {
    archive.put_or_take(sums_);
    archive.put_or_take(counts_);
    archive.put_or_take(inertia_);
  }

 private:
  std::vector<double> sums_;  // K x D
  std::vector<std::int64_t> counts_;
  double inertia_ = 0;
};

// For points.map_partitions<std::uint32_t>(pel::labels_of(centroids)): the number of the centre nearest to each point.
[[nodiscard]] inline auto labels_of(Centroids centroids) {
  return [centroids = std::move(centroids)](Points points, auto emit) {
    std::vector<std::uint32_t> labels(points.size());
    std::vector<double> distances(points.size());
    centroids.nearest(points, labels.data(), distances.data());
    for (auto const label : labels) emit(label);
  };
}

// A line a centre, numbers separated by commas.
void append_csv(Centroids const& centroids, TextOut& out);

}  // namespace pel
