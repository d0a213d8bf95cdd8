#include "data/cluster_memory.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "engine/memory.hpp"

namespace pel::data {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double least_square = 1e-280;  // below, squares lose digits

double distance(double const* a, double const* b, std::size_t width) {
  double sum = 0;
  for (std::size_t d = 0; d < width; ++d) sum += (a[d] - b[d]) * (a[d] - b[d]);
  return std::sqrt(sum);
}

// As the search sums it.
double squared_distance(std::span<double const> a, std::span<double const> b) {
  double sum = 0;
  for (std::size_t d = 0; d < a.size(); ++d) {
    auto const apart = a[d] - b[d];
    sum += apart * apart;
  }
  return sum;
}

}  // namespace

ClusterMemory::~ClusterMemory() { forget(); }

void ClusterMemory::forget() {
  known_.clear();
  if (memory_) memory_->let_go(counted_.exchange(0));
}

bool ClusterMemory::grow(Known& known, std::size_t points) {
  auto const bytes = (points - known.labels.size()) * (sizeof known.labels[0] + sizeof known.others[0]);
  if (memory_) {
    if (!memory_->has_room_for(bytes)) return false;
    memory_->keep(bytes);
    counted_ += bytes;
  }
  known.labels.resize(points);
  known.others.resize(points, -infinity);
  return true;
}

void ClusterMemory::begin(Centroids const& centroids, std::shared_ptr<engine::Memory> const& memory) {
  auto const& values = centroids.values();
  auto const width = centroids.width(), n = centroids.size();
  centroids_ = &centroids;
  bool const known = before_.size() == values.size();
  if (!known) forget();
  memory_ = memory;
  margin_ = static_cast<double>(width + 16) * 4 * std::numeric_limits<double>::epsilon();
  half_way_.assign(n, infinity);
  for (std::size_t k = 0; k < n; ++k)
    for (std::size_t other = 0; other < n; ++other)
      if (other != k)
        half_way_[k] = std::min(half_way_[k], distance(&values[k * width], &values[other * width], width) / 2);
  for (auto& half : half_way_) half *= 1 - margin_;
  most_moved_ = next_moved_ = known ? 0 : infinity;
  furthest_ = 0;
  for (std::size_t k = 0; k < n && known; ++k) {
    auto const moved = distance(&values[k * width], &before_[k * width], width) * (1 + margin_);
    if (moved > most_moved_) {
      next_moved_ = std::exchange(most_moved_, moved);
      furthest_ = k;
    } else {
      next_moved_ = std::max(next_moved_, moved);
    }
  }
  before_ = values;
  for (auto& [slot, partition] : known_) partition.searched = 0;
}

ClusterMemory::Known& ClusterMemory::known_of(std::size_t slot) {
  std::lock_guard const lock(mutex_);
  return known_[slot];
}

std::uint64_t ClusterMemory::searched() const {
  std::lock_guard const lock(mutex_);
  std::uint64_t sum = 0;
  for (auto const& [slot, known] : known_) sum += known.searched;
  return sum;
}

// A computed distance is off by less than the margin, a bound by less than what it gave way: no other centre's computed
// distance can be as small, so that not even a tie is missed.
bool ClusterMemory::stays(double squared, double others, std::uint32_t label) const {
  auto const bound = std::max(others, half_way_[label]);
  auto const square = bound * bound;
  return bound > 0 && square > least_square && squared < square * (1 - margin_);
}

void ClusterMemory::assign(Points block, Known& known, std::size_t at, double* distances) const {
  std::array<std::uint32_t, block_elements> which{};
  std::array<double, block_elements> second{};
  std::size_t n = 0;
  auto* const labels = known.labels.data() + at;
  auto* const others = known.others.data() + at;
  for (std::size_t i = 0; i < block.size(); ++i) {
    auto const moved = labels[i] == furthest_ ? next_moved_ : most_moved_;
    others[i] -= moved + (std::abs(others[i]) + moved) * margin_;
    distances[i] = squared_distance(block[i], (*centroids_)[labels[i]]);
    which[n] = static_cast<std::uint32_t>(i);
    n += stays(distances[i], others[i], labels[i]) ? 0 : 1;
  }
  centroids_->search(block, which.data(), n, {labels, distances, second.data()});
  for (std::size_t j = 0; j < n; ++j) others[which[j]] = std::sqrt(second[which[j]]) * (1 - margin_);
  known.searched += n;
}

void ClusterMemory::add(Points points, Place place, ClusterSums& sums) {
  if (points.empty()) return;
  centroids_->check_width(points);
  auto& known = known_of(place.slot);
  if (auto const n = place.offset + points.size(); known.labels.size() < n && !grow(known, n)) {
    known.searched += points.size();
    return sums.add(points, *centroids_);
  }
  std::array<double, block_elements> distances{};
  for (std::size_t at = 0; at < points.size(); at += block_elements) {
    auto const block = points.part(at, std::min(block_elements, points.size() - at));
    assign(block, known, place.offset + at, distances.data());
    sums.add(block, *centroids_, known.labels.data() + place.offset + at, distances.data());
  }
}

}  // namespace pel::data
