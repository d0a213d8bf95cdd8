// References that go round after round over all vertices.
#include <map>

#include "graph/reference/references.hpp"

namespace pel::graph::reference {

std::vector<double> pagerank(PlainGraph const& graph, std::uint32_t iterations, double damping) {
  auto const n = static_cast<double>(graph.size());
  std::vector<double> rank(graph.size(), 1 / n);
  for (std::uint32_t i = 0; i < iterations; ++i) {
    double dangling = 0;
    for (std::size_t v = 0; v < graph.size(); ++v)
      if (graph.out(v).empty()) dangling += rank[v];
    std::vector<double> next(graph.size());
    for (std::size_t v = 0; v < graph.size(); ++v) {
      double sum = 0;
      for (auto const& arc : graph.in(v)) sum += rank[arc.to] / static_cast<double>(graph.out(arc.to).size());
      next[v] = (1 - damping) / n + damping * (sum + dangling / n);
    }
    rank = next;
  }
  return rank;
}

std::vector<std::int64_t> cdlp(PlainGraph const& graph, std::uint32_t iterations) {
  std::vector<std::int64_t> label;
  for (auto const id : graph.ids()) label.push_back(static_cast<std::int64_t>(id));
  for (std::uint32_t i = 0; i < iterations; ++i) {
    auto next = label;
    for (std::size_t v = 0; v < graph.size(); ++v) {
      std::map<std::int64_t, std::size_t> votes;
      for (auto const& arc : graph.out(v)) ++votes[label[arc.to]];
      if (graph.directed())
        for (auto const& arc : graph.in(v)) ++votes[label[arc.to]];
      std::size_t most = 0;
      for (auto const& [candidate, count] : votes)  // ascending, so that of equals the smallest stays
        if (count > most) {
          most = count;
          next[v] = candidate;
        }
    }
    label = next;
  }
  return label;
}

}  // namespace pel::graph::reference
