// Placements to try: in runs, dealt out, and scattered so that no rank's partitions are neighbours.
#pragma once

#include <vector>

#include "base/hash.hpp"
#include "engine/placement.hpp"

namespace pel::test {

// Each gives every rank at least one partition. Requires: ranks <= partitions.
[[nodiscard]] inline std::vector<engine::Placement> placements(std::uint32_t partitions, int ranks) {
  std::vector<int> dealt, scattered;
  for (std::uint32_t p = 0; p < partitions; ++p) {
    dealt.push_back(static_cast<int>(p) % ranks);
    bool const first_round = p < static_cast<std::uint32_t>(ranks);
    scattered.push_back(first_round ? ranks - 1 - static_cast<int>(p)
                                    : static_cast<int>(base::mix64(p) % static_cast<std::uint64_t>(ranks)));
  }
  return {engine::Placement::contiguous(partitions, ranks), {dealt, ranks}, {scattered, ranks}};
}

}  // namespace pel::test
