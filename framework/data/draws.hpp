// Random draws for elements: functions of the job's seed and of where an element stands, whatever ranks and threads.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "base/hash.hpp"
#include "data/flow.hpp"

namespace pel::data {

// The numbers that a partition draws for a verb: of (seed of the job, number of the verb, partition, position).
class Draws {
 public:
  Draws(std::uint64_t seed, std::uint64_t verb, std::uint64_t partition) noexcept
      : state_(base::stable_hash(base::stable_hash(base::stable_hash(seed) ^ verb) ^ partition)) {}
  // Of the element at the next position: 64 bits, no two alike within a partition.
  [[nodiscard]] std::uint64_t next() noexcept { return base::mix64(state_ += 0x9e3779b97f4a7c15ULL); }

 private:
  std::uint64_t state_;
};

// The greatest draw that is taken, so that about this fraction of all are; none where none is.
[[nodiscard]] std::optional<std::uint64_t> greatest_draw(double fraction) noexcept;

// A draw, and of equal ones that of a lower partition first.
struct DrawOf {
  std::uint64_t draw = 0, partition = 0;
  friend auto operator<=>(DrawOf const&, DrawOf const&) = default;
};
// What the n least draws of partitions of these sizes are less than. Collective: all ranks.
// Cost: w = a draw an element, h = 8 bytes for about n + 6 sqrt(n) of them, l = 1 superstep; none of n = 0 and of all.
[[nodiscard]] DrawOf end_of_draws(Flow& flow, std::uint64_t seed, std::uint64_t verb,
                                  std::vector<std::uint64_t> const& sizes, std::uint64_t n);

}  // namespace pel::data
