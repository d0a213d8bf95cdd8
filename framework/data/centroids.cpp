#include "data/centroids.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

#include "pel/error.hpp"

namespace pel {
namespace {

constexpr std::size_t group = 32;  // distances that grow at a time: they stay in vector registers

#if defined(__x86_64__)
#define PEL_FOR_EACH_PROCESSOR [[gnu::target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")]]
#else
#define PEL_FOR_EACH_PROCESSOR
#endif

// The loops over k have a fixed length, so that compilers turn them into vectors. One body a kind of processor;
// products and sums stay apart (-ffp-contract=off), so all give the same bits. A squared distance is no negative
// number, so that its bits, read as a whole number, are in the same order; whole numbers have a vector minimum.
PEL_FOR_EACH_PROCESSOR
void find_nearest(double const* __restrict points, std::size_t n, std::size_t width, double const* __restrict turned,
                  std::size_t lanes, std::size_t count, std::uint32_t* __restrict labels,
                  double* __restrict distances) {
  for (std::size_t i = 0; i < n; ++i) {
    auto const* const point = points + i * width;
    auto best = std::numeric_limits<std::int64_t>::max();
    std::int64_t label = 0;
    for (std::size_t first = 0; first < lanes; first += group) {
      double sums[group] = {};        // NOLINT(modernize-avoid-c-arrays)
      std::int64_t bits[group] = {};  // NOLINT(modernize-avoid-c-arrays)
      for (std::size_t d = 0; d < width; ++d) {
        auto const x = point[d];
        auto const* const centres = turned + d * lanes + first;
        for (std::size_t k = 0; k < group; ++k) {
          auto const apart = x - centres[k];
          sums[k] += apart * apart;
        }
      }
      std::memcpy(bits, sums, sizeof bits);
      std::int64_t least = bits[0];
      for (std::size_t k = 0; k < group; ++k) least = bits[k] < least ? bits[k] : least;
      if (least >= best) continue;  // an earlier centre wins where they are equal
      std::int64_t at = group;
      for (std::size_t k = 0; k < group; ++k) {
        auto const here = bits[k] == least ? static_cast<std::int64_t>(k) : static_cast<std::int64_t>(group);
        at = here < at ? here : at;
      }
      best = least;
      label = static_cast<std::int64_t>(first) + at;
    }
    // Where a sum of finite numbers has become no number, what fills the lanes up may be nearest.
    labels[i] = static_cast<std::uint32_t>(label) < count ? static_cast<std::uint32_t>(label) : 0;
    std::memcpy(distances + i, &best, sizeof best);
  }
}

}  // namespace

Centroids::Centroids(std::vector<double> values, std::size_t width) : values_(std::move(values)), width_(width) {
  if (width == 0 || values_.size() % width != 0) throw std::invalid_argument("centroids of no or of several widths");
  turn();
}

void Centroids::turn() {
  auto const n = size();
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
  find_nearest(points.values().data(), points.size(), width_, turned_.data(), lanes_, size(), labels, distances);
}

void ClusterSums::add(Points points, Centroids const& centroids) {
  if (points.empty()) return;
  centroids.check_width(points);
  auto const width = centroids.width();
  sums_.resize(centroids.values().size());
  counts_.resize(centroids.size());
  constexpr std::size_t piece = data::block_elements;
  std::uint32_t labels[piece];  // NOLINT(modernize-avoid-c-arrays)
  double distances[piece];      // NOLINT(modernize-avoid-c-arrays)
  for (std::size_t at = 0; at < points.size(); at += piece) {
    auto const n = std::min(piece, points.size() - at);
    Points const block(points.values().subspan(at * width, n * width), width);
    centroids.nearest(block, labels, distances);
    for (std::size_t i = 0; i < n; ++i) {
      auto const* const point = block.values().data() + i * width;
      auto* const sum = sums_.data() + labels[i] * width;
      for (std::size_t d = 0; d < width; ++d) sum[d] += point[d];
      ++counts_[labels[i]];
      inertia_ += distances[i];
    }
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
