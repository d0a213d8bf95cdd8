// References that follow paths.
#include <functional>
#include <queue>
#include <utility>

#include "graph/reference/references.hpp"

namespace pel::graph::reference {
namespace {

constexpr std::size_t nobody = std::numeric_limits<std::size_t>::max();

// What a search from one source found: who was reached, in that order, and at which depth.
struct Search {
  std::vector<std::size_t> order;
  std::vector<std::int64_t> depth;
};

Search search(PlainGraph const& graph, std::size_t source) {
  Search found{{source}, std::vector<std::int64_t>(graph.size(), unreached)};
  found.depth[source] = 0;
  for (std::size_t i = 0; i < found.order.size(); ++i)
    for (auto const& arc : graph.out(found.order[i]))
      if (found.depth[arc.to] == unreached) {
        found.depth[arc.to] = found.depth[found.order[i]] + 1;
        found.order.push_back(arc.to);
      }
  return found;
}

}  // namespace

std::vector<std::int64_t> bfs(PlainGraph const& graph, std::uint64_t source) {
  return search(graph, graph.find(source).value()).depth;
}

std::vector<double> sssp(PlainGraph const& graph, std::uint64_t source) {
  std::vector<double> distance(graph.size(), std::numeric_limits<double>::infinity());
  using Reached = std::pair<double, std::size_t>;
  std::priority_queue<Reached, std::vector<Reached>, std::greater<>> open;
  distance[graph.find(source).value()] = 0;
  open.emplace(0, graph.find(source).value());
  while (!open.empty()) {
    auto const [length, v] = open.top();
    open.pop();
    if (length > distance[v]) continue;
    for (auto const& arc : graph.out(v))
      if (length + arc.weight < distance[arc.to]) {
        distance[arc.to] = length + arc.weight;
        open.emplace(distance[arc.to], arc.to);
      }
  }
  return distance;
}

std::vector<std::int64_t> wcc(PlainGraph const& graph) {
  std::vector<std::size_t> first(graph.size(), nobody);  // of the component, by ascending id
  for (std::size_t root = 0; root < graph.size(); ++root) {
    if (first[root] != nobody) continue;
    std::vector<std::size_t> open{root};
    first[root] = root;
    while (!open.empty()) {
      auto const v = open.back();
      open.pop_back();
      for (auto const w : graph.neighbours(v))
        if (first[w] == nobody) {
          first[w] = root;
          open.push_back(w);
        }
    }
  }
  std::vector<std::int64_t> names;
  for (auto const v : first) names.push_back(static_cast<std::int64_t>(graph.ids()[v]));
  return names;
}

std::vector<double> betweenness(PlainGraph const& graph, std::span<std::uint64_t const> sources) {
  std::vector<double> sum(graph.size(), 0);
  for (auto const id : sources) {
    auto const source = graph.find(id).value();
    auto const found = search(graph, source);
    std::vector<double> paths(graph.size(), 0), share(graph.size(), 0);
    paths[source] = 1;
    for (auto const v : found.order)
      for (auto const& arc : graph.out(v))
        if (found.depth[arc.to] == found.depth[v] + 1) paths[arc.to] += paths[v];
    for (auto at = found.order.rbegin(); at != found.order.rend(); ++at) {
      for (auto const& arc : graph.out(*at))
        if (found.depth[arc.to] == found.depth[*at] + 1) share[*at] += paths[*at] / paths[arc.to] * (1 + share[arc.to]);
      if (*at != source) sum[*at] += share[*at];
    }
  }
  if (!graph.directed())
    for (auto& value : sum) value /= 2;
  return sum;
}

}  // namespace pel::graph::reference
