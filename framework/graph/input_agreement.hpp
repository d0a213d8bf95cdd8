// Whether what the ranks have read may be a graph.
#pragma once

#include <cstdint>
#include <vector>

#include "data/bad_lines.hpp"
#include "graph/edge_input.hpp"

namespace pel::engine {
class World;
}

namespace pel::graph {

using data::BadLine;
using data::BadLines;

struct ReadCounts {
  std::uint64_t vertices = 0, edges = 0;  // declared; as read, so with loops and repeats
  BadLines bad;
};

// Adds up what the ranks have read of the input; each line in one rank's counts. The same words, whatever the number of
// ranks.
// Collective: all ranks, main thread. Returns: the sums. Throws: BadData if there are more bad lines than are
// tolerated, or other counts than the input promises. Cost: l = 2 collectives; bad lines are looked up in the text.
ReadCounts agree_on_input(engine::World& world, EdgeInput const& input, ReadCounts const& mine);

// Vertices that edges name and the input does not declare, of all ranks from those of each: distinct, ascending.
// Without the edges to them, which are bad lines, the input may still be a graph. Collective: all ranks, main thread.
// Throws: BadData, for the least of them, if there are so many that their edges must be more bad lines than are
// tolerated. Cost: l = 2 collectives; memory: 16 bytes a bad line that is tolerated.
[[nodiscard]] std::vector<std::uint64_t> agree_on_strangers(engine::World& world, EdgeInput const& input,
                                                            std::vector<std::uint64_t> mine);

// Tells in the log how many lines are left out, and the places of the first. Collective: all ranks, with the same
// lines.
void tell_bad_lines(engine::World& world, EdgeInput const& input, BadLines const& bad);

}  // namespace pel::graph
