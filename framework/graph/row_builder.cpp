#include "graph/row_builder.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <type_traits>

namespace pel::graph {
namespace {

constexpr unsigned digit_bits = 11;
constexpr std::uint64_t most_arcs = std::uint64_t{1} << 19U;  // sorted at a time, but for a longer row

// A stable counting pass by one digit of the place.
template <class Entry>
void pass(std::vector<Entry> const& from, std::vector<Entry>& to, unsigned shift) {
  std::array<std::size_t, (std::size_t{1} << digit_bits) + 1> start{};
  auto const digit = [shift](Entry const& entry) {
    return (entry.place >> shift) & ((std::uint32_t{1} << digit_bits) - 1);
  };
  for (auto const& entry : from) ++start[digit(entry) + 1];
  std::partial_sum(start.begin(), start.end(), start.begin());
  for (auto const& entry : from) to[start[digit(entry)]++] = entry;
}

}  // namespace

SlotOrder slots_by_g(RankGraph const& graph) {
  SlotOrder order{std::vector<std::uint32_t>(graph.slots()), std::vector<std::uint32_t>(graph.slots())};
  for (std::uint32_t slot = 0; slot < graph.slots(); ++slot) {
    order.rank_of[slot] = graph.order_of(slot);
    order.slot_at[order.rank_of[slot]] = slot;
  }
  return order;
}

SlotOrder slots_hubs_first(RankGraph const& graph, std::vector<std::uint32_t> const& index_of) {
  auto order = slots_by_g(graph);
  std::vector<std::uint32_t> start;
  for (auto const i : index_of) {
    if (i + std::size_t{2} > start.size()) start.resize(i + std::size_t{2}, 0);
    ++start[i + std::size_t{1}];
  }
  std::partial_sum(start.begin(), start.end(), start.begin());
  for (auto const slot : order.slot_at) order.rank_of[slot] = start[index_of[slot]]++;  // in the order of g: stable
  for (std::uint32_t slot = 0; slot < graph.slots(); ++slot) order.slot_at[order.rank_of[slot]] = slot;
  return order;
}

void RowBuilder::build(GroupedRows const& grouped, std::span<std::uint32_t const> order, VertexStates const& places,
                       SlotOrder const& slots, std::size_t first_row, bool by_weight, Rows& rows) {
  for (std::size_t i = 0; i < order.size();) {
    auto end = i + 1;
    while (end < order.size() && rows.first[first_row + end + 1] - rows.first[first_row + i] <= most_arcs) ++end;
    auto const some = order.subspan(i, end - i);
    if (rows.weights.size() == 0)
      build_rows(grouped, some, places, slots, first_row + i, rows, arcs_, arcs_scratch_);
    else
      build_rows(grouped, some, places, slots, first_row + i, rows, weighted_, weighted_scratch_);
    i = end;
  }
  if (by_weight && rows.weights.size() != 0)
    for (std::size_t i = 0; i < order.size(); ++i) sort_row(rows, first_row + i, slots, true);
}

template <class Entry>
void RowBuilder::build_rows(GroupedRows const& grouped, std::span<std::uint32_t const> order,
                            VertexStates const& places, SlotOrder const& slots, std::size_t first_row, Rows& rows,
                            std::vector<Entry>& entries, std::vector<Entry>& scratch) {
  constexpr bool weights = std::is_same_v<Entry, WeightedArc>;
  entries.resize(rows.first[first_row + order.size()] - rows.first[first_row]);
  scratch.resize(entries.size());
  std::size_t at = 0;
  for (std::uint32_t row = 0; row < order.size(); ++row) {
    auto const first = grouped.first[order[row]];
    for (auto i = first; i < first + grouped.degree[order[row]]; ++i) {
      entries[at].place = places[grouped.neighbours[i]];
      entries[at].row = row;
      if constexpr (weights) entries[at].weight = grouped.weights[i];
      ++at;
    }
  }
  auto const bits = static_cast<unsigned>(std::bit_width(slots.slot_at.size()));
  for (unsigned shift = 0; shift < bits; shift += digit_bits) {
    pass(entries, scratch, shift);
    std::swap(entries, scratch);
  }
  next_.assign(rows.first.begin() + static_cast<std::ptrdiff_t>(first_row),
               rows.first.begin() + static_cast<std::ptrdiff_t>(first_row + order.size()));
  for (auto const& entry : entries) {
    auto const to = next_[entry.row]++;
    rows.slots[to] = slots.slot_at[entry.place];
    if constexpr (weights) rows.weights[to] = entry.weight;
  }
}

void RowBuilder::sort_row(Rows& rows, std::size_t row, SlotOrder const& slots, bool by_weight) {
  auto const first = rows.first[row], n = rows.first[row + 1] - first;
  bool const weights = rows.weights.size() != 0;
  weighted_.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    auto const slot = rows.slots[first + i];
    weighted_[i] = {slots.rank_of[slot], slot, weights ? rows.weights[first + i] : 0};
  }
  std::sort(weighted_.begin(), weighted_.end(), [by_weight](WeightedArc const& a, WeightedArc const& b) {
    if (by_weight && a.weight != b.weight) return a.weight < b.weight;
    return a.place < b.place;
  });
  for (std::size_t i = 0; i < n; ++i) {
    rows.slots[first + i] = weighted_[i].row;
    if (weights) rows.weights[first + i] = weighted_[i].weight;
  }
}

}  // namespace pel::graph
