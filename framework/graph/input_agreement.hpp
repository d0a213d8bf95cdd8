// Whether what the ranks have read may be a graph.
#pragma once

#include <cstdint>

#include "graph/bad_lines.hpp"
#include "graph/edge_input.hpp"

namespace pel::engine {
class World;
}

namespace pel::graph {

struct ReadCounts {
  std::uint64_t vertices = 0, edges = 0;  // declared; as read, so with loops and repeats
  BadLines bad;
};

// Adds up what the ranks have read of the input; each line in one rank's counts. Bad lines that are tolerated are told
// in the log, the first of them with their places. The same words, whatever the number of ranks.
// Collective: all ranks, main thread. Returns: the sums. Throws: BadData if there are more bad lines than are
// tolerated, or other counts than the input promises. Cost: l = 2 collectives; bad lines are looked up in the text.
ReadCounts agree_on_input(engine::World& world, EdgeInput const& input, ReadCounts const& mine);

}  // namespace pel::graph
