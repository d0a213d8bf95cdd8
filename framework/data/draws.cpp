#include "data/draws.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <numeric>

namespace pel::data {

std::optional<std::uint64_t> greatest_draw(double fraction) noexcept {
  auto const scaled = fraction * 0x1p64;
  if (!(scaled >= 1)) return std::nullopt;
  if (scaled >= 0x1p64) return std::numeric_limits<std::uint64_t>::max();
  return static_cast<std::uint64_t>(scaled) - 1;
}

// Asks for as many of the least draws as n elements need most likely, and for more if those were too few.
DrawOf end_of_draws(Flow& flow, std::uint64_t seed, std::uint64_t verb, std::vector<std::uint64_t> const& sizes,
                    std::uint64_t n) {
  auto const all = std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0});
  if (n == 0) return {0, 0};
  if (all <= n) return {std::numeric_limits<std::uint64_t>::max(), sizes.size()};
  std::vector<DrawOf> taken;
  for (auto wanted = static_cast<double>(n) + 6 * std::sqrt(static_cast<double>(n)) + 16; taken.size() < n;
       wanted *= 2) {
    taken.clear();
    auto const limit = greatest_draw(wanted / static_cast<double>(all));
    flow.superstep(
        "sample_exactly",
        [&](Step& step) {
          auto const p = step.partition().index();
          Draws draws(seed, verb, p);
          for (std::uint64_t i = 0; i < sizes[p]; ++i)
            if (auto const draw = draws.next(); draw <= limit) contribute(step, draw);
        },
        [&](Contributions parts) {
          for (std::uint64_t p = 0; p < parts.size(); ++p)
            for (std::size_t at = 0; at < parts[p].size(); at += sizeof(std::uint64_t)) {
              std::uint64_t draw = 0;
              std::memcpy(&draw, parts[p].data() + at, sizeof draw);
              taken.push_back({draw, p});
            }
        });
  }
  auto const last = taken.begin() + static_cast<std::ptrdiff_t>(n) - 1;
  std::nth_element(taken.begin(), last, taken.end());
  return {last->draw, last->partition + 1};
}

}  // namespace pel::data
