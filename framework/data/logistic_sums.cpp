#include "data/logistic_sums.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <string>

#include "pel/error.hpp"

namespace pel {
namespace {

constexpr std::size_t piece = 256;  // points that are looked at together
constexpr std::size_t lanes = 8;

#if defined(__x86_64__)
#define PEL_FOR_EACH_PROCESSOR [[gnu::target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")]]
#else
#define PEL_FOR_EACH_PROCESSOR
#endif

constexpr double factorial(int n) { return n < 2 ? 1.0 : n * factorial(n - 1); }

// 1/k! + x^2/(k + 2)! + x^4/(k + 4)! …, for square = x^2: written out by the compiler, as a loop within a loop would
// keep that from vectors; every second term, as two such chains run beside each other.
template <int k>
inline double exp_series(double square) noexcept {
  if constexpr (k > 12)
    return 1.0 / factorial(k);
  else
    return 1.0 / factorial(k) + square * exp_series<k + 2>(square);
}

// exp(x) for x <= 0, to 1e-15 of it; below exp(-700) that. As 2^n times a series of what is left: no branch, and no
// function of a library, so that compilers turn loops of it into vectors, with the same bits on every processor.
inline double exp_of_negative(double x) noexcept {
  constexpr double per_log2 = 1.4426950408889634, log2_high = 0x1.62e42fefa3800p-1, log2_low = 0x1.ef35793c76730p-45;
  constexpr double to_whole = 0x1.8p52;  // added to a number, it leaves no digit behind the point
  x = x < -700.0 ? -700.0 : x;
  auto const shifted = x * per_log2 + to_whole;
  auto const n = shifted - to_whole;
  auto const rest = (x - n * log2_high) - n * log2_low;                         // at most log(2) / 2
  auto const exponent = (std::bit_cast<std::uint64_t>(shifted) + 1023) << 52U;  // the low bits of `shifted` are n
  auto const square = rest * rest;
  return (exp_series<0>(square) + rest * exp_series<1>(square)) * std::bit_cast<double>(exponent);
}

// 1/1 + x/3 + x^2/5 + … x^16/33.
template <int k = 1>
inline double artanh_series(double x) noexcept {
  if constexpr (k > 31)
    return 1.0 / k;
  else
    return 1.0 / k + x * artanh_series<k + 2>(x);
}

// log(1 + t) for 0 <= t <= 1, as 2 artanh(t / (2 + t)): the square of that is at most 1/9.
inline double log_of_one_and(double t) noexcept {
  auto const s = t / (2.0 + t);
  return 2.0 * s * artanh_series(s * s);
}

// z of n points. The features of one are summed in so many lanes, and these in pairs.
PEL_FOR_EACH_PROCESSOR
void products(double const* __restrict rows, std::size_t n, std::size_t features, double const* __restrict weights,
              double* __restrict z) {
  for (std::size_t i = 0; i < n; ++i) {
    auto const* const row = rows + i * (features + 1);
    double sums[lanes] = {};  // NOLINT(modernize-avoid-c-arrays)
    std::size_t d = 0;
    for (; d + lanes <= features; d += lanes)
      for (std::size_t k = 0; k < lanes; ++k) sums[k] += weights[d + k] * row[d + k];
    auto rest = weights[features];
    for (; d < features; ++d) rest += weights[d] * row[d];
    z[i] = rest + (((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7])));
  }
}

// Of z and labels: p - y and p (1 - p).
PEL_FOR_EACH_PROCESSOR
void find_errors(double const* __restrict z, double const* __restrict labels, std::size_t n, double* __restrict errors,
                 double* __restrict spreads) {
  for (std::size_t i = 0; i < n; ++i) {
    auto const size = z[i] < 0 ? -z[i] : z[i];
    auto const small = exp_of_negative(-size), share = 1.0 / (1.0 + small), other = small * share;
    errors[i] = (z[i] < 0 ? other : share) - labels[i];
    spreads[i] = other * share;
  }
}

// log(1 + exp(-s z)).
PEL_FOR_EACH_PROCESSOR
void find_losses(double const* __restrict z, double const* __restrict labels, std::size_t n,
                 double* __restrict losses) {
  for (std::size_t i = 0; i < n; ++i) {
    auto const size = z[i] < 0 ? -z[i] : z[i];
    auto const wrong = labels[i] > 0.5 ? -z[i] : z[i];
    losses[i] = log_of_one_and(exp_of_negative(-size)) + (wrong > 0 ? wrong : 0.0);
  }
}

PEL_FOR_EACH_PROCESSOR
void add_slopes(double const* __restrict rows, std::size_t n, std::size_t features, double const* __restrict errors,
                double* __restrict slope) {
  for (std::size_t i = 0; i < n; ++i) {
    auto const* const row = rows + i * (features + 1);
    for (std::size_t d = 0; d < features; ++d) slope[d] += errors[i] * row[d];
    slope[features] += errors[i];
  }
}

PEL_FOR_EACH_PROCESSOR
void add_curvatures(double const* __restrict rows, std::size_t n, std::size_t features,
                    double const* __restrict spreads, double* __restrict curvature) {
  auto const width = features + 1;
  for (std::size_t i = 0; i < n; ++i) {
    auto const* const row = rows + i * width;
    for (std::size_t d = 0; d < features; ++d) {
      auto const scaled = spreads[i] * row[d];
      for (std::size_t e = 0; e <= d; ++e) curvature[d * width + e] += scaled * row[e];
    }
    for (std::size_t e = 0; e < features; ++e) curvature[features * width + e] += spreads[i] * row[e];
    curvature[features * width + features] += spreads[i];
  }
}

void add_up(std::vector<double>& to, std::vector<double> const& from) {
  if (to.size() < from.size()) to.resize(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) to[i] += from[i];
}

}  // namespace

void LogisticSums::add(Points points, std::vector<double> const& weights, Needs needs) {
  if (points.empty()) return;
  if (weights.empty()) return add(points, std::vector<double>(points.width()), needs);
  auto const width = weights.size(), features = width - 1;
  if (points.width() != width)
    throw BadData("the points", 0, 0, -1,
                  "have " + std::to_string(points.width()) + " numbers each, the weights " + std::to_string(width));
  slope_.resize(width);
  if (needs == Needs::curvature) curvature_.resize(width * width);
  std::array<double, piece> z{}, labels{}, errors{}, spreads{};
  for (std::size_t at = 0; at < points.size(); at += piece) {
    auto const n = std::min(piece, points.size() - at);
    auto const* const rows = points.values().data() + at * width;
    for (std::size_t i = 0; i < n; ++i) labels[i] = rows[i * width + features];
    products(rows, n, features, weights.data(), z.data());
    find_errors(z.data(), labels.data(), n, errors.data(), spreads.data());
    add_slopes(rows, n, features, errors.data(), slope_.data());
    if (needs == Needs::curvature) add_curvatures(rows, n, features, spreads.data(), curvature_.data());
    if (needs != Needs::slope) add_losses(std::span(z).first(n), std::span(labels).first(n));
  }
  points_ += points.size();
}

void LogisticSums::add_losses(std::span<double const> z, std::span<double const> labels) {
  std::array<double, piece> losses{};
  find_losses(z.data(), labels.data(), z.size(), losses.data());
  for (std::size_t i = 0; i < z.size(); ++i) {
    loss_ += losses[i];
    hits_ += static_cast<std::uint64_t>((z[i] > 0) == (labels[i] > 0.5));
  }
}

LogisticSums& LogisticSums::operator+=(LogisticSums const& other) {
  add_up(slope_, other.slope_);
  add_up(curvature_, other.curvature_);
  points_ += other.points_;
  hits_ += other.hits_;
  loss_ += other.loss_;
  return *this;
}

}  // namespace pel
