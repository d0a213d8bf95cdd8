#include "data/nearest_centre.hpp"

#include <algorithm>
#include <limits>

namespace pel::data {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// Vectors of two, four and eight numbers, as wide as a processor's registers.
using Two = double __attribute__((vector_size(16)));
using Four = double __attribute__((vector_size(32)));
using Eight = double __attribute__((vector_size(64)));

// The distances of a point to `centres_at_a_time` centres grow at a time, in registers; then lane by lane the least,
// its number, and the least but one. Products and sums stay apart (-ffp-contract=off). Nothing but loops of fixed
// length.
template <class V>
[[gnu::always_inline]] inline void search(double const* __restrict points, std::uint32_t const* __restrict which,
                                          std::size_t n, TurnedCentres const& centres, Nearest const& found) noexcept {
  constexpr std::size_t width_of_v = sizeof(V) / sizeof(double), vectors = centres_at_a_time / width_of_v;
  using Ints = decltype(V{} < V{});  // whole numbers of as many bits
  for (std::size_t z = 0; z < n; ++z) {
    auto const i = which == nullptr ? z : which[z];
    auto const* const point = points + i * centres.width;
    V best = V{} + infinity, second = best;
    Ints at{}, lane{};
    for (std::size_t j = 0; j < width_of_v; ++j) lane[j] = static_cast<std::int64_t>(j);
    at = lane;
    for (std::size_t first = 0; first < centres.lanes; first += centres_at_a_time) {
      V sums[vectors] = {};  // NOLINT(modernize-avoid-c-arrays)
      auto const* row = centres.values + first;
      for (std::size_t d = 0; d < centres.width; ++d, row += centres.lanes) {
        V const x = V{} + point[d];
#pragma GCC unroll 16
        for (std::size_t v = 0; v < vectors; ++v) {
          V centre;
          __builtin_memcpy(&centre, row + v * width_of_v, sizeof centre);
          V const apart = x - centre;
          sums[v] += apart * apart;
        }
      }
      Ints here = lane + static_cast<std::int64_t>(first);
#pragma GCC unroll 16
      for (std::size_t v = 0; v < vectors; ++v) {
        auto const nearer = sums[v] < best;
        V const loser = nearer ? best : sums[v];
        second = loser < second ? loser : second;
        best = nearer ? sums[v] : best;
        at = nearer ? here : at;
        here += static_cast<std::int64_t>(width_of_v);
      }
    }
    double least = best[0], next = second[0];
    auto label = at[0];
    for (std::size_t j = 1; j < width_of_v; ++j) {
      next = std::min({next, second[j], std::max(least, best[j])});
      if (best[j] < least || (best[j] == least && at[j] < label)) {
        least = best[j];
        label = at[j];
      }
    }
    found.labels[i] = static_cast<std::uint32_t>(label);
    found.distances[i] = least;
    if (found.second != nullptr) found.second[i] = next;
  }
}

using Search = void (*)(double const*, std::uint32_t const*, std::size_t, TurnedCentres const&,
                        Nearest const&) noexcept;

void search_by_two(double const* points, std::uint32_t const* which, std::size_t n, TurnedCentres const& centres,
                   Nearest const& found) noexcept {
  search<Two>(points, which, n, centres, found);
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] void search_by_four(double const* points, std::uint32_t const* which, std::size_t n,
                                            TurnedCentres const& centres, Nearest const& found) noexcept {
  search<Four>(points, which, n, centres, found);
}
[[gnu::target("avx512f,avx512dq,avx512vl")]] void search_by_eight(double const* points, std::uint32_t const* which,
                                                                  std::size_t n, TurnedCentres const& centres,
                                                                  Nearest const& found) noexcept {
  search<Eight>(points, which, n, centres, found);
}
Search of_this_processor() noexcept {
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return search_by_eight;
  return __builtin_cpu_supports("avx2") ? search_by_four : search_by_two;
}
#else
Search of_this_processor() noexcept { return search_by_two; }
#endif

}  // namespace

void find_nearest(double const* points, std::uint32_t const* which, std::size_t n, TurnedCentres const& centres,
                  Nearest const& found) noexcept {
  static Search const search = of_this_processor();
  search(points, which, n, centres, found);
}

}  // namespace pel::data
