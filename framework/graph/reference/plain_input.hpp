// The input of a graph as a plain graph on one rank.
#pragma once

#include <string>

#include "graph/reference/plain_graph.hpp"
#include "graph/verification.hpp"

namespace pel::graph {

// What the loader found out about a graph's input.
struct GraphIdentity {
  std::string source;  // as RankGraph has it
  bool directed = true;
  Names names;
  bool weights_read = false;  // as RankGraph has it
};

// Reads the whole input of a graph that the loader has read before, alone, with weights or without: where the loader
// read them, lines with bad ones are no edges here either.
// Throws: as the loader; SystemError for debian: where the machine has no package lists. Cost: all of it in memory,
// about 100 bytes an edge, on one thread: for graphs that fit there.
[[nodiscard]] PlainGraph read_plain_graph(GraphIdentity const& graph, bool weights);

}  // namespace pel::graph
