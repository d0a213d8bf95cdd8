// The places of ids among all ids of a graph.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/world.hpp"
#include "graph/owner_table.hpp"

namespace pel::graph {

// The ids of a partition's positions: its stretch of all ids in ascending order.
struct PositionIds {
  std::uint64_t first = 0;  // the position of ids[0]
  std::vector<std::uint64_t> ids;
};

struct Positions {
  std::vector<std::uint32_t> of_own;  // beside the ids that were given
  std::vector<PositionIds> here;      // of this rank's partitions; Block(n, partitions) deals the positions
};

// Sorts the ids of all ranks, each of which is there once; no rank has them all. `ids`: of this rank's own vertices,
// in any order; `n`: of all ranks. Collective: all ranks, main thread. Throws: MpiError; ConfigError for 2^32 vertices.
// Cost: h = 20 bytes a vertex, l = 3 exchanges and 5 collectives.
// Example: ids 70 and 5 here, 9 elsewhere: of_own is {2, 0}.
[[nodiscard]] Positions find_positions(engine::World& world, OwnerTable const& owners,
                                       std::vector<std::uint64_t> const& ids, std::uint64_t n);

}  // namespace pel::graph
