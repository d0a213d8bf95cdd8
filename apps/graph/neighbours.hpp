// The neighbours of a vertex, whatever the direction of the arcs.
#pragma once

#include <pel/pel.hpp>

// Calls visit(slot, arcs) for each vertex that an arc joins with v, once each, ascending by g; arcs: 2 if it is joined
// both ways (in an undirected graph all are), else 1. Requires: rows by g, in and out.
template <class Visit>
void each_neighbour(pel::GraphPart const& graph, std::uint32_t v, Visit const& visit) {
  auto const in = graph.in(v);
  if (!graph.directed()) {
    for (auto const slot : in) visit(slot, 2U);
    return;
  }
  auto const out = graph.out(v);
  auto a = in.begin();
  auto b = out.begin();
  while (a != in.end() && b != out.end()) {
    if (*a == *b) {
      visit(*a, 2U);
      ++a, ++b;
    } else {
      visit(graph.precedes(*a, *b) ? *a++ : *b++, 1U);
    }
  }
  for (; a != in.end(); ++a) visit(*a, 1U);
  for (; b != out.end(); ++b) visit(*b, 1U);
}

// How many there are.
[[nodiscard]] inline std::uint32_t count_neighbours(pel::GraphPart const& graph, std::uint32_t v) {
  if (!graph.directed()) return static_cast<std::uint32_t>(graph.in(v).size());
  std::uint32_t n = 0;
  each_neighbour(graph, v, [&](std::uint32_t, unsigned) { ++n; });
  return n;
}
