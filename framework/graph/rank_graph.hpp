// A graph as one rank holds it: the rows of its partitions' vertices, over slots of [owned | mirrors].
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/shared_field.hpp"
#include "engine/world.hpp"
#include "graph/array.hpp"
#include "graph/edge_input.hpp"
#include "graph/graph_needs.hpp"
#include "graph/positions.hpp"

namespace pel::graph {

// What was found in the input, over all ranks.
struct LoadReport {
  std::uint64_t vertices = 0, edges = 0;  // an undirected edge counts once
  std::uint64_t loops = 0, repeats = 0;   // removed
  std::uint64_t most_arcs = 0;            // of a rank
  std::uint64_t mirrors = 0;              // of all ranks
  std::uint64_t left_out = 0;             // bad lines
  bool directed = true;
  double read_seconds = 0, ship_seconds = 0, build_seconds = 0, seconds = 0;  // of this rank; in all
};

// The rows of a rank's own vertices, one after the other.
struct Rows {
  std::vector<std::uint64_t> first;  // owned + 1: row i is slots[first[i]] … slots[first[i + 1] - 1]
  Array<std::uint32_t> slots;        // where the values of neighbours lie
  Array<double> weights;             // beside them, or empty

  [[nodiscard]] std::span<std::uint32_t const> row(std::size_t i) const noexcept {
    return slots.part(first[i], first[i + 1]);
  }
  [[nodiscard]] std::span<double const> weights_of(std::size_t i) const noexcept {
    return weights.size() == 0 ? std::span<double const>() : weights.part(first[i], first[i + 1]);
  }
};

// Vertices of a partition are ordered by descending degree, then id; a vertex is named on any rank count by its
// partition and its index there, and (partition, index) in that order numbers all vertices: g. Rows list neighbours
// in an order that follows from g and weights, so that a sum over a row never depends on the number of ranks.
// Invariants: 1. owned vertices lie partition by partition, as the layout says; 2. mirrors are ordered by g, those of
// lower ranks first; 3. immutable once loaded, shared by all partitions of the rank.
struct RankGraph {
  LoadReport report;
  std::string source;         // what it was read from, as GraphSource has it
  bool weights_read = false;  // whether weights were read there, and so lines with bad ones left out
  KernelDefaults defaults;    // what that says of the kernels' parameters
  std::shared_ptr<engine::HaloLayout const> layout;
  std::uint32_t low_mirrors = 0;                          // mirrors of lower ranks
  Rows in, out;                                           // as needed; undirected: in alone
  std::vector<std::uint32_t> out_degree;                  // by slot
  std::vector<std::uint64_t> ids;                         // by owned vertex, as in the input
  std::vector<std::uint32_t> position;                    // by owned vertex, if needed
  std::vector<PositionIds> position_ids;                  // by slot of the layout's partitions, if needed
  std::shared_ptr<std::vector<std::string> const> names;  // by id, or null

  [[nodiscard]] std::uint32_t owned() const noexcept { return layout->plan.owned(); }
  [[nodiscard]] std::uint32_t slots() const noexcept { return layout->plan.owned() + layout->plan.mirrors(); }
  // Where a slot comes among the rank's slots in the order of g: mirrors of lower ranks, own vertices, the others.
  [[nodiscard]] std::uint32_t order_of(std::uint32_t slot) const noexcept {
    auto const own = owned();
    if (slot < own) return slot + low_mirrors;
    return slot < own + low_mirrors ? slot - own : slot;
  }
};

// Reads a graph, each rank a share, deals the vertices to partitions by the hash of their ids, and plans the halo.
// Removed: loops, repeated edges (undirected: reversed ones too), of which the lightest stays. Kept: vertices without
// edges, if the input names them. `directed`: what the command line says; else the input must. Collective: all ranks,
// main thread. Throws: on all ranks the same: MissingInput, BadData (also for an edge to a vertex that the input does
// not declare, for one declared twice, and for counts that the input does not keep), UsageError without a direction,
// MpiError. Cost: w = reading a share of the input and some ten passes over the rank's arcs; h = about 8 bytes an edge
// (16 with weights) and 20 a mirror; l = an exchange for every 16 MiB a rank reads, and 4; memory at its peak: 12 bytes
// an arc (28 with weights). Where bad lines are tolerated and edges lead to vertices that are not declared, all is read
// a second time. Directed: both ends of an edge get it, also where only one direction is needed.
[[nodiscard]] std::shared_ptr<RankGraph const> load(engine::World& world, std::uint32_t partitions,
                                                    EdgeInput const& input, std::optional<bool> directed,
                                                    GraphNeeds const& needs = {});

}  // namespace pel::graph
