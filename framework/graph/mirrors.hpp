// The vertices of other ranks that a rank reads: which they are, and what their owners say of them.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "comm/halo_plan.hpp"
#include "engine/world.hpp"

namespace pel::graph {

// What an owner knows of a vertex.
struct VertexFacts {
  std::uint32_t slot = 0;  // at the owner: ascends with (partition, index)
  std::uint32_t index = 0, out_degree = 0;
};

// The mirrors of a rank, ordered by owner and then as they lie there: so by g.
struct Mirrors {
  std::vector<std::uint32_t> numbers;  // as the asker calls them
  std::vector<VertexFacts> facts;      // beside them
  std::vector<comm::HaloNeed> needs;
  std::uint32_t of_lower_ranks = 0;
};

// Asks each owner once. wanted[rank]: the ids it owns, each once, with the asker's numbers.
// Collective: all ranks, main thread. Throws: what facts_of(id) throws, on all ranks; MpiError.
// Cost: h = 8 bytes a mirror out, 12 back; l = 2 exchanges and 3 collectives.
struct WantedVertex {
  std::uint64_t id = 0;
  std::uint32_t number = 0;
};
[[nodiscard]] Mirrors ask_owners(engine::World& world, std::vector<std::vector<WantedVertex>> const& wanted,
                                 std::function<VertexFacts(std::uint64_t)> const& facts_of);

}  // namespace pel::graph
