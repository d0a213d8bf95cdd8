#include "graph/reference/expected.hpp"

#include <utility>

#include "graph/reference/references.hpp"

namespace pel::graph::expected {

Expected bfs(std::uint64_t source) {
  return {Rule::number, [source](PlainGraph const& graph) -> Values { return reference::bfs(graph, source); }};
}
Expected sssp(std::uint64_t source) {
  return {Rule::real, [source](PlainGraph const& graph) -> Values { return reference::sssp(graph, source); }, true};
}
Expected pagerank(std::uint32_t iterations, double damping) {
  return {Rule::real,
          [=](PlainGraph const& graph) -> Values { return reference::pagerank(graph, iterations, damping); }};
}
Expected wcc() {
  return {Rule::component, [](PlainGraph const& graph) -> Values { return reference::wcc(graph); }};
}
Expected cdlp(std::uint32_t iterations) {
  return {Rule::vertex, [=](PlainGraph const& graph) -> Values { return reference::cdlp(graph, iterations); }};
}
Expected lcc() {
  return {Rule::real, [](PlainGraph const& graph) -> Values { return reference::lcc(graph); }};
}
Expected triangles() {
  return {Rule::number, [](PlainGraph const& graph) -> Values { return reference::triangles(graph); }};
}
Expected kcore() {
  return {Rule::number, [](PlainGraph const& graph) -> Values { return reference::kcore(graph); }};
}
Expected betweenness(std::vector<std::uint64_t> sources) {
  return {Rule::real, [sources = std::move(sources)](PlainGraph const& graph) -> Values {
            return reference::betweenness(graph, sources);
          }};
}

}  // namespace pel::graph::expected
