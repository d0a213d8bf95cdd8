// References that look at who is a neighbour of whom.
#include <algorithm>
#include <set>
#include <utility>

#include "graph/reference/references.hpp"

namespace pel::graph::reference {

std::vector<double> lcc(PlainGraph const& graph) {
  std::vector<double> values;
  std::vector<char> near(graph.size(), 0);  // whether it is a neighbour of v
  for (std::size_t v = 0; v < graph.size(); ++v) {
    auto const neighbours = graph.neighbours(v);
    for (auto const u : neighbours) near[u] = 1;
    std::int64_t arcs = 0;
    for (auto const u : neighbours)
      for (auto const& arc : graph.out(u)) arcs += near[arc.to];
    for (auto const u : neighbours) near[u] = 0;
    auto const n = static_cast<double>(neighbours.size());
    values.push_back(neighbours.size() < 2 ? 0 : static_cast<double>(arcs) / (n * (n - 1)));
  }
  return values;
}

std::vector<std::int64_t> triangles(PlainGraph const& graph) {
  std::vector<std::vector<std::size_t>> neighbours;
  for (std::size_t v = 0; v < graph.size(); ++v) neighbours.push_back(graph.neighbours(v));
  std::vector<std::int64_t> values;
  std::vector<char> near(graph.size(), 0);
  for (auto const& row : neighbours) {
    for (auto const u : row) near[u] = 1;
    std::int64_t found = 0;
    for (auto const u : row)
      for (auto const w : neighbours[u]) found += near[w];
    for (auto const u : row) near[u] = 0;
    values.push_back(found / 2);  // each pair from both of its ends
  }
  return values;
}

std::vector<std::int64_t> kcore(PlainGraph const& graph) {
  std::vector<std::size_t> degree;
  std::set<std::pair<std::size_t, std::size_t>> left;  // (degree among those that are left, vertex)
  for (std::size_t v = 0; v < graph.size(); ++v) {
    degree.push_back(graph.neighbours(v).size());
    left.emplace(degree[v], v);
  }
  std::vector<std::int64_t> core(graph.size());
  std::size_t k = 0;
  while (!left.empty()) {
    auto const [least, v] = *left.begin();
    left.erase(left.begin());
    k = std::max(k, least);
    core[v] = static_cast<std::int64_t>(k);
    for (auto const w : graph.neighbours(v))
      if (left.erase({degree[w], w}) > 0) left.emplace(--degree[w], w);
  }
  return core;
}

}  // namespace pel::graph::reference
