// Small random graphs for property tests: sinks, loops, repeats, isolated vertices, ids of up to 63 bits, weights that
// are zero or tiny. RapidCheck makes them, and a smaller one where a property fails. Under MPI all ranks make the same
// ones, as they draw from one seed.
#pragma once

#include <rapidcheck.h>

#include <cstdint>
#include <fstream>
#include <ostream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "graph/reference/plain_graph.hpp"
#include "support/properties.hpp"

namespace pel::test {

struct SmallGraph {
  bool directed = true;
  std::vector<std::uint64_t> vertices;  // declared: each once, in any order
  std::vector<graph::PlainEdge> edges;  // as an input may have them

  [[nodiscard]] graph::PlainGraph plain() const { return {vertices, edges, directed}; }
};

inline void showValue(SmallGraph const& graph, std::ostream& out) {
  out << (graph.directed ? "directed" : "undirected") << ", vertices";
  for (auto const id : graph.vertices) out << ' ' << id;
  out << ", edges";
  for (auto const& edge : graph.edges) out << " (" << edge.source << ' ' << edge.target << ' ' << edge.weight << ')';
}

// How ids lie: 0, 1, 2 …; from the largest id down; scattered over 63 bits.
enum class Ids { dense, descending, scattered };

[[nodiscard]] inline std::uint64_t id_of(Ids ids, std::uint64_t i) {
  constexpr std::uint64_t largest = (std::uint64_t{1} << 63U) - 1;
  if (ids == Ids::dense) return i;
  return ids == Ids::descending ? largest - i : base::mix64(i + 1) & largest;
}

// Up to `most` vertices and three times as many edges. Some vertices are the target of edges and never the source.
[[nodiscard]] inline rc::Gen<SmallGraph> small_graphs(std::uint64_t most = 24) {
  return rc::gen::exec([most] {
    SmallGraph graph;
    graph.directed = *rc::gen::arbitrary<bool>();
    auto const ids = *rc::gen::element(Ids::dense, Ids::descending, Ids::scattered);
    auto const n = *rc::gen::inRange<std::uint64_t>(1, most + 1);
    auto const sources = *rc::gen::inRange<std::uint64_t>(1, n + 1);
    for (std::uint64_t i = 0; i < n; ++i) graph.vertices.push_back(id_of(ids, i));
    auto const weight = rc::gen::element(0., 0., 1e-300, 1e-9, 0.1, 0.25, 1., 1., 2., 3., 1e9);
    using Triple = std::tuple<std::uint64_t, std::uint64_t, double>;
    auto const edge =
        rc::gen::tuple(rc::gen::inRange<std::uint64_t>(0, sources), rc::gen::inRange<std::uint64_t>(0, n), weight);
    auto const count = *rc::gen::inRange<std::size_t>(0, static_cast<std::size_t>(3 * n));
    for (auto const& [source, target, length] : *rc::gen::container<std::vector<Triple>>(count, edge))
      graph.edges.push_back({graph.vertices[source], graph.vertices[target], length});
    return graph;
  });
}

// STEM.v, STEM.e and STEM.properties.
inline void write(SmallGraph const& graph, std::string const& stem) {
  std::ofstream vertices(stem + ".v"), edges(stem + ".e"), properties(stem + ".properties");
  for (auto const id : graph.vertices) vertices << id << '\n';
  edges.precision(17);
  for (auto const& edge : graph.edges) edges << edge.source << ' ' << edge.target << ' ' << edge.weight << '\n';
  properties << "graph.small.directed = " << (graph.directed ? "true" : "false") << '\n';
}

}  // namespace pel::test
