// The nine kernels as their definitions say, a value for each vertex in the order of ids. Sequential and slow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "graph/reference/plain_graph.hpp"

namespace pel::graph::reference {

// LDBC Graphalytics' word for a vertex that no path reaches.
inline constexpr std::int64_t unreached = std::numeric_limits<std::int64_t>::max();

// Hops along out-arcs. Requires of this and of sssp and betweenness: the sources are ids of vertices.
[[nodiscard]] std::vector<std::int64_t> bfs(PlainGraph const& graph, std::uint64_t source);

// The least sum of weights along out-arcs, infinity where there is no path (Dijkstra). Requires: no weight is negative.
[[nodiscard]] std::vector<double> sssp(PlainGraph const& graph, std::uint64_t source);

// PR_0 = 1/n; PR_{i+1}(v) = (1 - d)/n + d (sum over u -> v of PR_i(u)/out(u) + the rank of vertices without
// out-arcs/n).
[[nodiscard]] std::vector<double> pagerank(PlainGraph const& graph, std::uint32_t iterations, double damping);

// The smallest id of the component, directions ignored.
[[nodiscard]] std::vector<std::int64_t> wcc(PlainGraph const& graph);

// L_0(v) = id. All at once take the most frequent label among in- and out-neighbours (who is both counts twice), ties
// to the smallest label; who has no neighbour keeps its own. In an undirected graph a neighbour counts once.
[[nodiscard]] std::vector<std::int64_t> cdlp(PlainGraph const& graph, std::uint32_t iterations);

// N = distinct neighbours in either direction; the arcs u -> w with u and w in N over |N| (|N| - 1); 0 if |N| < 2.
[[nodiscard]] std::vector<double> lcc(PlainGraph const& graph);

// Triangles through a vertex: pairs of neighbours that are neighbours, directions ignored. The sum is three times the
// triangles of the graph.
[[nodiscard]] std::vector<std::int64_t> triangles(PlainGraph const& graph);

// The largest k such that the vertex is in a subgraph where all have k neighbours or more, directions ignored (who is
// joined both ways is one neighbour).
[[nodiscard]] std::vector<std::int64_t> kcore(PlainGraph const& graph);

// The sum over sources s != v and targets t != s, v of the share of shortest s-t paths (in hops, along out-arcs) that
// pass through v. Undirected: half of that, so that with all vertices as sources each pair counts once. Not normalised;
// a source given twice counts twice.
// Brandes, "A faster algorithm for betweenness centrality", Journal of Mathematical Sociology 2001.
[[nodiscard]] std::vector<double> betweenness(PlainGraph const& graph, std::span<std::uint64_t const> sources);

}  // namespace pel::graph::reference
