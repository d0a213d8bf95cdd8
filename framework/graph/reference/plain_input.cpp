#include "graph/reference/plain_input.hpp"

#include <memory>
#include <utility>
#include <vector>

#include "data/debian.hpp"
#include "graph/edge_share.hpp"

namespace pel::graph {

PlainGraph read_plain_graph(std::string const& source, bool directed) {
  GraphSource input{source, nullptr};
  if (source == "debian:") input.package_lists = std::make_shared<std::string const>(data::package_lists());
  auto share = read_share(input, 0, 1);
  std::vector<PlainEdge> edges;
  edges.reserve(share.edges.size());
  for (auto const& [from, to] : share.edges) edges.push_back({from, to});
  return {std::move(share.vertices), std::move(edges), directed};
}

}  // namespace pel::graph
