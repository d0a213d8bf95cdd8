// The input of a graph as a plain graph on one rank.
#pragma once

#include <string>

#include "graph/reference/plain_graph.hpp"

namespace pel::graph {

// Reads the whole input of a graph that the loader has read before (`source` as RankGraph has it), alone.
// Throws: as the loader; SystemError for debian: where the machine has no package lists. Cost: all of it in memory,
// about 100 bytes an edge, on one thread: for graphs that fit there.
[[nodiscard]] PlainGraph read_plain_graph(std::string const& source, bool directed);

}  // namespace pel::graph
