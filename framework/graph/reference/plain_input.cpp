#include "graph/reference/plain_input.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "data/debian.hpp"
#include "graph/edge_input.hpp"

namespace pel::graph {

PlainGraph read_plain_graph(GraphIdentity const& graph, bool weights) {
  GraphSource source{graph.source, nullptr};
  bool const packages = graph.source == "debian:";
  if (packages) source.package_lists = std::make_shared<std::string const>(data::package_lists());
  EdgeInput::Wishes wishes;
  wishes.weights = weights || graph.weights_read;
  wishes.names = !packages && graph.names != nullptr;
  wishes.directed = graph.directed;
  auto const input = EdgeInput::open(source, wishes);
  std::vector<std::uint64_t> vertices;
  EdgeBlock block;
  BadLines passed_over;  // the loader has counted and tolerated them
  input.read_vertices(0, 1, vertices, passed_over);
  input.read_edges(0, 1, block, passed_over);
  std::sort(vertices.begin(), vertices.end());
  auto const is_vertex = [&](std::uint64_t id) {
    return !input.declares_vertices() || std::binary_search(vertices.begin(), vertices.end(), id);
  };
  std::vector<PlainEdge> edges;
  edges.reserve(block.ends.size());
  for (std::size_t i = 0; i < block.ends.size(); ++i)
    if (is_vertex(block.ends[i].first) && is_vertex(block.ends[i].second))
      edges.push_back({block.ends[i].first, block.ends[i].second, block.weights.empty() ? 1 : block.weights[i]});
  return {std::move(vertices), std::move(edges), graph.directed};
}

}  // namespace pel::graph
