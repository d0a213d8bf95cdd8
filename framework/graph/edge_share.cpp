#include "graph/edge_share.hpp"

#include "graph/edge_input.hpp"

namespace pel::graph {

EdgeShare read_share(GraphSource const& source, int share, int shares) {
  auto const input = EdgeInput::open(source, {});
  EdgeShare result;
  EdgeBlock block;
  BadLines bad;
  input.read_vertices(share, shares, result.vertices, bad);
  input.read_edges(share, shares, block, bad);
  if (bad.count() > 0) throw input.error_of(bad);
  result.edges = std::move(block.ends);
  result.declared = input.declares_vertices();
  result.names = input.names();
  result.directed = input.directed();
  result.input_bytes = input.bytes() / static_cast<std::uint64_t>(shares);
  return result;
}

std::string digest_of_source(GraphSource const& source) { return EdgeInput::open(source, {}).digest(); }

BadData unknown_vertex(GraphSource const& source, std::uint64_t id) {
  return EdgeInput::open(source, {}).unknown_vertex(id);
}

}  // namespace pel::graph
