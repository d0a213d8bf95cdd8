// A graph as one rank holds it: the rows of its partitions' vertices, over slots of [owned | mirrors].
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/halo_field.hpp"
#include "engine/world.hpp"
#include "graph/edge_share.hpp"

namespace pel::graph {

// What was found in the input, over all ranks.
struct LoadReport {
  std::uint64_t vertices = 0, edges = 0;  // an undirected edge counts once
  std::uint64_t loops = 0, repeats = 0;   // removed
  std::uint64_t most_arcs = 0;            // of a rank
  bool directed = true;
};

// Vertices of a partition are ordered by descending degree, then id; a vertex is named on any rank count by its
// partition and its index there, and (partition, index) in that order numbers all vertices: g. A row lists its
// neighbours by g, so that a sum over it never depends on the number of ranks. Invariants: 1. owned vertices lie
// partition by partition, as the layout says; 2. in_slots of owned vertex i are in_first[i] … in_first[i + 1]; 3.
// immutable once loaded, shared by all partitions of the rank.
struct RankGraph {
  LoadReport report;
  std::string source;  // what it was read from, as GraphSource has it
  std::shared_ptr<engine::HaloLayout const> layout;
  std::vector<std::uint64_t> in_first;                    // owned + 1
  std::vector<std::uint32_t> in_slots;                    // where the values of in-neighbours lie
  std::vector<std::uint32_t> out_degree;                  // by owned vertex
  std::vector<std::uint64_t> ids;                         // by owned vertex, as in the input
  std::shared_ptr<std::vector<std::string> const> names;  // by id, or null
};

// Reads a graph, each rank a share, deals the vertices to partitions by the hash of their ids, and plans the halo.
// Removed: loops, repeated edges (undirected: reversed ones too). Kept: vertices without edges, if the input names
// them. `directed`: what the command line says; else the input must. Collective: all ranks, main thread. Throws: on all
// ranks the same: MissingInput, BadData (also for an edge to a vertex that the input does not declare, and for one
// declared twice), UsageError without a direction, MpiError. Cost: w = reading and sorting a rank's share of the arcs;
// h = 16 bytes an arc; l = 5 exchanges.
[[nodiscard]] std::shared_ptr<RankGraph const> load(engine::World& world, std::uint32_t partitions,
                                                    GraphSource const& source, std::optional<bool> directed);

}  // namespace pel::graph
