// The triangles at each vertex: what lcc and triangles have in common.
#pragma once

#include <pel/pel.hpp>

#include "hub_rows.hpp"
#include "neighbours.hpp"

inline constexpr pel::GraphNeeds triangle_needs{.in = true, .out = true};
inline constexpr auto usual_bytes_of_rows = pel::RowHalo::Settings{}.bytes_a_round;

// What the corners of a triangle are given.
enum class Credit {
  triangle,  // 1
  arcs       // how many arcs join the other two: 1 or 2; in an undirected graph always 2
};

// A part of a kernel. Each vertex keeps those of its neighbours that come before it by (more neighbours, then g): its
// row, short even for hubs. Rows go to the ranks that mirror the vertex. Then for each own vertex v and each u in its
// row, those w that are in both rows close a triangle, which is found once, from its last corner: all three are
// credited. The rows of hubs are compared as bits, those of others by marks that v sets on its row.
// State are the counts alone: after a restart the rows are made and shipped again.
class TriangleCounts {
 public:
  // `hubs`: one a rank, for all its partitions. `bytes_a_round`: of rows that arrive at a rank.
  TriangleCounts(pel::GraphPart graph, std::shared_ptr<HubRows> hubs, Credit credit, std::uint64_t bytes_a_round)
      : graph_(std::move(graph)),
        hubs_(std::move(hubs)),
        factor_(credit == Credit::arcs && !graph_.directed() ? 2 : 1),
        mark_(credit == Credit::arcs && graph_.directed() ? pel::RowHalo::mark : 0),
        degree_(graph_.halo<std::uint32_t>()),
        rows_(graph_.row_halo({.marked = mark_ != 0, .bytes_a_round = bytes_a_round})),
        counts_(graph_.tally()) {}

  // A superstep of the kernel. Whether counts and degrees are complete; till then the kernel votes to go on.
  template <class Step>
  [[nodiscard]] bool advance(Step& step) {
    if (stage_ == counted) return true;
    if (stage_ == starting) {
      for (auto const v : graph_.vertices()) degree_.set(v, count_neighbours(graph_, v));
      step.publish(degree_);
      stage_ = counting;
    } else if (!rows_.started()) {
      make_rows();
      step.publish(rows_);
    } else {
      count(step);
      step.publish(counts_);
      if (rows_.finished())
        stage_ = counted;
      else
        step.publish(rows_);
    }
    return false;
  }

  // Distinct neighbours of v, and what it was credited.
  [[nodiscard]] std::uint32_t degree(std::uint32_t v) const noexcept { return degree_.own(v); }
  [[nodiscard]] std::uint64_t operator[](std::uint32_t v) const noexcept { return factor_ * counts_.own(v); }

  void serialize(auto& archive, unsigned) {
    pel::fields(archive, "stage", stage_, "degree", degree_, "counts", counts_, "rows", rows_);
  }

 private:
  enum Stage : std::uint32_t { starting, counting, counted };
  using Row = std::span<std::uint32_t const>;
  static constexpr std::size_t ahead = 3;  // rows that are being fetched

  // What comparing rows needs beside them; between two vertices all is 0. One a thread.
  struct Scratch {
    std::vector<std::uint8_t> marks;         // by slot: arcs to v
    std::vector<BitBlock> near, nearer;      // by hub: whether it is in v's row; whether by two arcs
    BitCounters counters, again;             // by hub: triangles with v; those whose other corner has two arcs to v
    std::vector<std::uint32_t> hub_entries;  // of v's row
    std::vector<std::pair<std::uint32_t, Row>> rows;  // the other entries, and their rows

    void resize(std::size_t slots, std::size_t hubs) {
      if (marks.size() < slots) marks.resize(slots);
      if (near.size() < blocks_for(hubs)) near.resize(blocks_for(hubs)), nearer.resize(blocks_for(hubs));
      counters.resize(hubs);
      again.resize(hubs);
    }
  };

  [[nodiscard]] std::uint32_t slot_of(std::uint32_t entry) const noexcept { return entry & ~mark_; }
  [[nodiscard]] std::uint32_t arcs_of(std::uint32_t entry) const noexcept { return (entry & mark_) != 0 ? 2 : 1; }
  [[nodiscard]] Row own_row(std::uint32_t v) const noexcept {
    return Row(entries_).subspan(first_[v], first_[v + 1] - first_[v]);
  }

  void make_rows() {
    auto const* const degrees = degree_.values();
    std::size_t arcs = 0;
    for (auto const v : graph_.vertices()) arcs += degree_.own(v);
    entries_.clear();
    entries_.reserve(arcs);
    first_.assign(1, 0);
    for (auto const v : graph_.vertices()) {
      auto const own = graph_.slot(v);
      auto const degree = degrees[own];
      each_neighbour(graph_, v, [&](std::uint32_t slot, unsigned arcs_between) {
        auto const other = degrees[slot];
        if (other > degree || (other == degree && graph_.precedes(slot, own)))
          entries_.push_back(arcs_between == 2 ? slot | mark_ : slot);
      });
      first_.push_back(entries_.size());
    }
    for (auto const v : graph_.vertices()) {
      rows_.set(v, own_row(v));
      counts_.store(v, 0);
    }
    own_rows_done_ = false;
  }

  template <class Step>
  void count(Step& step) {
    auto const has = [&](std::uint32_t slot) { return graph_.mirrored(slot) ? rows_.has(slot) : !own_rows_done_; };
    hubs_->prepare(
        step.number(), {degree_.values(), graph_.slots()}, mark_,
        [&](std::uint32_t a, std::uint32_t b) { return graph_.precedes(a, b); },
        [&](std::uint32_t slot) { return has(slot) ? rows_[slot] : Row(); });
    static thread_local Scratch scratch;
    scratch.resize(graph_.slots(), hubs_->size());
    auto lane = step.lane(counts_);
    for (auto const v : graph_.vertices())
      if (auto const row = own_row(v); row.size() >= 2) {
        if (mark_ == 0)
          count_at<false>(graph_.slot(v), row, has, scratch, lane);
        else
          count_at<true>(graph_.slot(v), row, has, scratch, lane);
      }
    own_rows_done_ = true;
  }

  template <bool marked, class Has>
  void count_at(std::uint32_t v, Row row, Has const& has, Scratch& scratch, pel::Tally::Lane& lane) const {
    auto const hubs = note(row, has, scratch);
    auto const& entries = scratch.hub_entries;
    std::uint64_t of_v = 0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (i + ahead < entries.size()) fetch(hubs_->row(hubs_->hub(slot_of(entries[i + ahead]))));
      if (has(slot_of(entries[i]))) of_v += meet_hub<marked>(entries[i], scratch, lane);
    }
    for (std::size_t i = 0; i < scratch.rows.size(); ++i) {
      if (i + ahead < scratch.rows.size()) fetch(scratch.rows[i + ahead].second);
      of_v += meet<marked>(scratch.rows[i].first, scratch.rows[i].second, scratch, lane);
    }
    for (auto const entry : entries) {
      auto const hub = hubs_->hub(slot_of(entry));
      std::uint64_t n = scratch.counters[hub];
      if constexpr (marked) n += scratch.again[hub];
      lane.add(slot_of(entry), n);
    }
    lane.add(v, of_v);
    forget(row, hubs, scratch);
  }

  // Has the first bytes of a row fetched: rows lie anywhere, and are short.
  template <class Entry>
  static void fetch(std::span<Entry const> row) noexcept {
    auto const* const bytes = reinterpret_cast<std::byte const*>(row.data());
    for (std::size_t at = 0; at < std::min(row.size_bytes(), std::size_t{256}); at += 64)
      __builtin_prefetch(bytes + at);
  }

  // Marks v's row, and sorts its entries; returns how many hubs there are up to the last of them.
  template <class Has>
  std::size_t note(Row row, Has const& has, Scratch& scratch) const {
    std::size_t hubs = 0;
    scratch.hub_entries.clear();
    scratch.rows.clear();
    for (auto const entry : row) {
      auto const slot = slot_of(entry);
      scratch.marks[slot] = static_cast<std::uint8_t>(arcs_of(entry));
      auto const hub = hubs_->hub(slot);
      if (hub == HubRows::none) {
        if (has(slot)) scratch.rows.emplace_back(entry, rows_[slot]);
        continue;
      }
      hubs = std::max(hubs, std::size_t{hub} + 1);
      scratch.hub_entries.push_back(entry);
      set_bit(scratch.near, hub);
      if ((entry & mark_) != 0) set_bit(scratch.nearer, hub);
    }
    return hubs;
  }
  void forget(Row row, std::size_t hubs, Scratch& scratch) const {
    for (auto const entry : row) scratch.marks[slot_of(entry)] = 0;
    auto const blocks = static_cast<std::ptrdiff_t>(blocks_for(hubs));
    std::fill(scratch.near.begin(), scratch.near.begin() + blocks, BitBlock{});
    if (mark_ != 0) std::fill(scratch.nearer.begin(), scratch.nearer.begin() + blocks, BitBlock{});
    scratch.counters.clear(hubs);
    if (mark_ != 0) scratch.again.clear(hubs);
  }

  // The triangles of v and hub u: credits u, counts for the third corner, returns what v gets.
  template <bool marked>
  std::uint64_t meet_hub(std::uint32_t entry, Scratch& scratch, pel::Tally::Lane& lane) const {
    auto const u = slot_of(entry);
    auto const hub = hubs_->hub(u);
    auto const row = hubs_->row(hub);
    auto const found = scratch.counters.add_common(scratch.near, row);
    if constexpr (!marked) {
      lane.add(u, found);
      return found;
    } else {
      if (arcs_of(entry) == 2) scratch.again.add_common(scratch.near, row);
      lane.add(u, found + BitCounters::common(scratch.nearer, row));
      return found + BitCounters::common(scratch.near, hubs_->marked(hub));
    }
  }

  // The same for any u and its row, crediting all but v.
  template <bool marked>
  std::uint64_t meet(std::uint32_t u, Row row, Scratch& scratch, pel::Tally::Lane& lane) const {
    auto const* const marks = scratch.marks.data();
    std::uint64_t of_u = 0, of_v = 0;
    for (auto const entry : row) {
      std::uint64_t const mark = marks[slot_of(entry)];
      if (mark == 0) continue;
      of_u += mark;
      if constexpr (marked) of_v += arcs_of(entry);
      lane.add(slot_of(entry), arcs_of(u));
    }
    lane.add(slot_of(u), of_u);
    return marked ? of_v : of_u;
  }

  pel::GraphPart graph_;
  std::shared_ptr<HubRows> hubs_;
  std::uint64_t factor_;
  std::uint32_t mark_;
  std::uint32_t stage_ = starting;
  pel::Halo<std::uint32_t> degree_;
  pel::RowHalo rows_;
  pel::Tally counts_;
  std::vector<std::size_t> first_{0};  // own rows lie in entries_ from here
  std::vector<std::uint32_t> entries_;
  bool own_rows_done_ = false;  // own rows are there in all rounds, but count in the first
};
