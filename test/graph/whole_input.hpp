// Reads inputs of graphs share by share, as a test's loader.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "graph/edge_input.hpp"
#include "pel/error.hpp"

namespace pel::test {

using Edges = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

// All shares in a row.
struct WholeInput {
  std::vector<std::uint64_t> vertices;
  Edges edges;
  std::vector<double> weights;
  graph::BadLines bad;
};

[[nodiscard]] inline WholeInput read_all(graph::EdgeInput const& input, int shares) {
  WholeInput all;
  graph::EdgeBlock block;
  for (int share = 0; share < shares; ++share) {
    input.read_vertices(share, shares, all.vertices, all.bad);
    input.read_edges(share, shares, block, all.bad);
  }
  all.edges = std::move(block.ends);
  all.weights = std::move(block.weights);
  return all;
}

[[nodiscard]] inline graph::EdgeInput opened(std::string const& spec, graph::EdgeInput::Wishes const& wishes = {}) {
  return graph::EdgeInput::open({spec, nullptr}, wishes);
}

[[nodiscard]] inline WholeInput read_all(std::string const& spec, int shares) { return read_all(opened(spec), shares); }

// Throws what a loader would.
[[nodiscard]] inline WholeInput read_whole(graph::EdgeInput const& input) {
  auto all = read_all(input, 1);
  if (all.bad.count() > 0) throw input.error_of(all.bad);
  input.check_promises(all.vertices.size(), all.edges.size(), 0);
  return all;
}

[[nodiscard]] inline Edges edges_of(std::string const& spec, graph::EdgeInput::Wishes const& wishes = {}) {
  return read_whole(opened(spec, wishes)).edges;
}

}  // namespace pel::test
