// The inner loop of k-means: the nearest of many centres to each of many points.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pel::data {

// Centres turned by 90 degrees: the d-th numbers of all lie side by side, `lanes` of them, a multiple of this one;
// what fills it up is infinitely far.
inline constexpr std::size_t centres_at_a_time = 32;

struct TurnedCentres {
  double const* values = nullptr;  // width x lanes
  std::size_t width = 0;
  std::size_t lanes = 0;
};

// Of one point: where it was found, in arrays as long as the points.
struct Nearest {
  std::uint32_t* labels = nullptr;  // the number of the nearest centre, of equally near ones the lowest
  double* distances = nullptr;      // squared; infinite where a sum overflows
  double* second = nullptr;         // to the next nearest, squared; unless null
};

// For points[which[i]] with i < n, or points[i] where `which` is null. Squared Euclidean distances, summed in the order
// of dimensions: the same bits on any processor. Cost: K D / 8 vector operations of three a point with AVX-512.
void find_nearest(double const* points, std::uint32_t const* which, std::size_t n, TurnedCentres const& centres,
                  Nearest const& found) noexcept;

}  // namespace pel::data
