#include "graph/grouped_rows.hpp"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

namespace pel::graph {

std::uint32_t RepeatFilter::distinct(std::uint32_t* neighbours, double* weights, std::uint32_t n) {
  if (n < 2) return n;
  auto const size = std::bit_ceil(std::size_t{2} * n);
  if (table_.size() < size) table_.resize(size);
  std::fill_n(table_.begin(), size, Entry{empty, 0});
  auto const shift = static_cast<unsigned>(std::countl_zero(static_cast<std::uint32_t>(size)) + 1);
  auto const mask = size - 1;
  std::uint32_t kept = 0;
  for (std::uint32_t i = 0; i < n; ++i) {
    auto const neighbour = neighbours[i];
    auto at = static_cast<std::size_t>((neighbour * std::uint32_t{2654435769U}) >> shift);
    while (table_[at].neighbour != empty && table_[at].neighbour != neighbour) at = (at + 1) & mask;
    if (table_[at].neighbour == neighbour) {
      if (weights != nullptr) weights[table_[at].place] = std::min(weights[table_[at].place], weights[i]);
      continue;
    }
    table_[at] = {neighbour, kept};
    neighbours[kept] = neighbour;
    if (weights != nullptr) weights[kept] = weights[i];
    ++kept;
  }
  return kept;
}

std::uint64_t GroupedRows::arcs() const noexcept {
  return std::accumulate(degree.begin(), degree.end(), std::uint64_t{0});
}

GroupedRows group_rows(std::vector<ArcBucket*> const& buckets, VertexStates const& states, std::size_t vertices,
                       bool weights, RepeatFilter& filter, std::vector<std::uint32_t>& strangers) {
  GroupedRows rows;
  rows.degree.assign(vertices, 0);
  std::vector<ArcBucket::Chunk> chunks;
  auto const before = strangers.size();
  std::uint64_t arcs = 0;
  for (auto* const bucket : buckets) {
    for (auto& chunk : bucket->take()) {
      for (std::size_t i = 0; i < chunk.size; ++i) {
        auto const place = states[chunk.arcs[i].row];
        if (place >= VertexStates::wanted) {
          strangers.push_back(chunk.arcs[i].row);
          continue;
        }
        chunk.arcs[i].row = place;
        ++rows.degree[place];
      }
      arcs += chunk.size;
      chunks.push_back(std::move(chunk));
    }
  }
  if (strangers.size() > before) return {};
  rows.first.resize(vertices);
  std::exclusive_scan(rows.degree.begin(), rows.degree.end(), rows.first.begin(), std::uint64_t{0});
  rows.neighbours = Array<std::uint32_t>(arcs);
  if (weights) rows.weights = Array<double>(arcs);
  auto next = rows.first;
  for (auto& chunk : chunks) {
    for (std::size_t i = 0; i < chunk.size; ++i) {
      auto const at = next[chunk.arcs[i].row]++;
      rows.neighbours[at] = chunk.arcs[i].neighbour;
      if (weights) rows.weights[at] = chunk.weights[i];
    }
    chunk = {};
  }
  for (std::size_t v = 0; v < vertices; ++v)
    rows.degree[v] = filter.distinct(rows.neighbours.data() + rows.first[v],
                                     weights ? rows.weights.data() + rows.first[v] : nullptr, rows.degree[v]);
  rows.repeats = arcs - rows.arcs();
  return rows;
}

}  // namespace pel::graph
