#include "data/centroids.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

#include "pel/error.hpp"

namespace pel {

Centroids::Centroids(std::vector<double> values, std::size_t width) : values_(std::move(values)), width_(width) {
  if (width == 0 || values_.size() % width != 0) throw std::invalid_argument("centroids of no or of several widths");
  turn();
}

void Centroids::turn() {
  auto const n = size();
  constexpr auto group = data::centres_at_a_time;
  lanes_ = (n + group - 1) / group * group;
  turned_.assign(lanes_ * width_, std::numeric_limits<double>::infinity());
  for (std::size_t k = 0; k < n; ++k)
    for (std::size_t d = 0; d < width_; ++d) turned_[d * lanes_ + k] = values_[k * width_ + d];
}

void Centroids::check_width(Points points) const {
  if (points.width() != width_)
    throw BadData("the points", 0, 0, -1,
                  "have " + std::to_string(points.width()) + " numbers each, the centres " + std::to_string(width_));
}

void Centroids::nearest(Points points, std::uint32_t* labels, double* distances) const {
  if (points.empty()) return;
  check_width(points);
  search(points, nullptr, points.size(), {labels, distances, nullptr});
}

void Centroids::search(Points points, std::uint32_t const* which, std::size_t n,
                       data::Nearest const& found) const noexcept {
  data::find_nearest(points.values().data(), which, n, {turned_.data(), width_, lanes_}, found);
}

void ClusterSums::add(Points points, Centroids const& centroids) {
  if (points.empty()) return;
  centroids.check_width(points);
  constexpr std::size_t piece = data::block_elements;
  std::uint32_t labels[piece];  // NOLINT(modernize-avoid-c-arrays)
  double distances[piece];      // NOLINT(modernize-avoid-c-arrays)
  for (std::size_t at = 0; at < points.size(); at += piece) {
    auto const block = points.part(at, std::min(piece, points.size() - at));
    centroids.nearest(block, labels, distances);
    add(block, centroids, labels, distances);
  }
}

void ClusterSums::add(Points points, Centroids const& centroids, std::uint32_t const* labels, double const* distances) {
  auto const width = centroids.width();
  sums_.resize(centroids.values().size());
  counts_.resize(centroids.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    auto const* const point = points.values().data() + i * width;
    auto* const sum = sums_.data() + labels[i] * width;
    for (std::size_t d = 0; d < width; ++d) sum[d] += point[d];
    ++counts_[labels[i]];
    inertia_ += distances[i];
  }
}

ClusterSums& ClusterSums::operator+=(ClusterSums const& other) {
  if (sums_.size() < other.sums_.size()) sums_.resize(other.sums_.size());
  if (counts_.size() < other.counts_.size()) counts_.resize(other.counts_.size());
  for (std::size_t i = 0; i < other.sums_.size(); ++i) sums_[i] += other.sums_[i];
  for (std::size_t k = 0; k < other.counts_.size(); ++k) counts_[k] += other.counts_[k];
  inertia_ += other.inertia_;
  return *this;
}

Centroids ClusterSums::means(Centroids const& before) const {
  auto values = before.values();
  auto const width = before.width();
  for (std::size_t k = 0; k < counts_.size(); ++k)
    if (counts_[k] > 0)
      for (std::size_t d = 0; d < width; ++d)
        values[k * width + d] = sums_[k * width + d] / static_cast<double>(counts_[k]);
  return Centroids(std::move(values), width);
}

double furthest_move(Centroids const& before, Centroids const& after) {
  double furthest = 0;
  for (std::size_t i = 0; i < before.values().size(); ++i)
    furthest = std::max(furthest, std::abs(before.values()[i] - after.values()[i]));
  return furthest;
}

void append_csv(Centroids const& centroids, TextOut& out) {
  for (std::size_t k = 0; k < centroids.size(); ++k) {
    char const* before = "";
    for (auto const x : centroids[k]) out << std::exchange(before, ",") << x;
    out << '\n';
  }
}

}  // namespace pel
