// The rows of one partition in their final order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "graph/graph_needs.hpp"
#include "graph/grouped_rows.hpp"
#include "graph/rank_graph.hpp"
#include "graph/vertex_states.hpp"

namespace pel::graph {

// An order of the slots of a rank that rows are to have.
struct SlotOrder {
  std::vector<std::uint32_t> slot_at;  // the slots in order
  std::vector<std::uint32_t> rank_of;  // by slot: its place in the order
};

// By g; or by (index in the partition, partition), where `index_of` has the index of each slot.
[[nodiscard]] SlotOrder slots_by_g(RankGraph const& graph);
[[nodiscard]] SlotOrder slots_hubs_first(RankGraph const& graph, std::vector<std::uint32_t> const& index_of);

// Sorts rows by counting passes: by neighbour, digit by digit, then, stable, by row; many rows at a time, so that it
// costs a few passes over the arcs whatever the lengths of rows. For one thread, which uses it for many partitions.
class RowBuilder {
 public:
  // Fills rows first_row … first_row + order.size() - 1 of `rows`, whose extents are there. order[i]: the place in
  // `grouped` of the vertex of row i. places[number]: where the neighbour comes in the order of slots.
  void build(GroupedRows const& grouped, std::span<std::uint32_t const> order, VertexStates const& places,
             SlotOrder const& slots, std::size_t first_row, bool by_weight, Rows& rows);

  // Sorts one row that is there already: by (weight, place), or by place alone.
  void sort_row(Rows& rows, std::size_t row, SlotOrder const& slots, bool by_weight);

 private:
  template <class Entry>
  void build_rows(GroupedRows const& grouped, std::span<std::uint32_t const> order, VertexStates const& places,
                  SlotOrder const& slots, std::size_t first_row, Rows& rows, std::vector<Entry>& entries,
                  std::vector<Entry>& scratch);
  struct Arc {
    std::uint32_t place, row;
  };
  struct WeightedArc {
    std::uint32_t place, row;
    double weight;
  };
  std::vector<Arc> arcs_, arcs_scratch_;
  std::vector<WeightedArc> weighted_, weighted_scratch_;
  std::vector<std::uint64_t> next_;
};

}  // namespace pel::graph
