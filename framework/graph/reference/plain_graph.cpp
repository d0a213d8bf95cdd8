#include "graph/reference/plain_graph.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace pel::graph {
namespace {

// By source and target; of those that are equal the lightest first.
void sort_and_drop_repeats(std::vector<PlainEdge>& arcs) {
  std::ranges::sort(arcs, {}, [](PlainEdge const& arc) { return std::tuple(arc.source, arc.target, arc.weight); });
  auto const same = [](PlainEdge const& a, PlainEdge const& b) { return a.source == b.source && a.target == b.target; };
  arcs.erase(std::unique(arcs.begin(), arcs.end(), same), arcs.end());
}

void append_reversed(std::vector<PlainEdge>& arcs) {
  auto const n = arcs.size();
  arcs.reserve(2 * n);
  for (std::size_t i = 0; i < n; ++i) arcs.push_back({arcs[i].target, arcs[i].source, arcs[i].weight});
}

}  // namespace

PlainGraph::PlainGraph(std::vector<std::uint64_t> declared, std::vector<PlainEdge> edges, bool directed)
    : directed_(directed), ids_(std::move(declared)) {
  for (auto const& edge : edges) {
    ids_.push_back(edge.source);
    ids_.push_back(edge.target);
  }
  std::ranges::sort(ids_);
  ids_.erase(std::unique(ids_.begin(), ids_.end()), ids_.end());
  std::erase_if(edges, [](PlainEdge const& edge) { return edge.source == edge.target; });
  if (!directed) append_reversed(edges);
  sort_and_drop_repeats(edges);
  out_ = rows_of(edges);
  if (!directed) return;
  for (auto& edge : edges) std::swap(edge.source, edge.target);
  sort_and_drop_repeats(edges);
  in_ = rows_of(edges);
}

std::optional<std::size_t> PlainGraph::find(std::uint64_t id) const {
  auto const at = std::ranges::lower_bound(ids_, id);
  if (at == ids_.end() || *at != id) return std::nullopt;
  return static_cast<std::size_t>(at - ids_.begin());
}

std::vector<std::size_t> PlainGraph::neighbours(std::size_t v) const {
  std::vector<std::size_t> all;
  for (auto const& arc : out(v)) all.push_back(arc.to);
  for (auto const& arc : in(v)) all.push_back(arc.to);
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

PlainGraph::Rows PlainGraph::rows_of(std::vector<PlainEdge> const& arcs) const {
  Rows rows;
  rows.first.reserve(ids_.size() + 1);
  rows.arcs.reserve(arcs.size());
  std::size_t at = 0;
  for (auto const id : ids_) {
    for (; at < arcs.size() && arcs[at].source == id; ++at)
      rows.arcs.push_back({find(arcs[at].target).value(), arcs[at].weight});
    rows.first.push_back(rows.arcs.size());
  }
  return rows;
}

}  // namespace pel::graph
