// Graphs: loaded once, resident, a part for each partition.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "graph/forest.hpp"
#include "graph/open_graph.hpp"
#include "graph/rank_graph.hpp"
#include "graph/row_sum.hpp"
#include "pel/halo.hpp"
#include "pel/job.hpp"
#include "pel/least.hpp"
#include "pel/output.hpp"
#include "pel/partition.hpp"
#include "pel/row_halo.hpp"
#include "pel/sparse_halo.hpp"
#include "pel/tally.hpp"

namespace pel {

// The numbers first … last - 1, for a loop.
class IndexRange {
 public:
  constexpr IndexRange(std::uint32_t first, std::uint32_t last) noexcept : first_(first), last_(last) {}
  class Iterator {
   public:
    explicit constexpr Iterator(std::uint32_t i) noexcept : i_(i) {}
    constexpr std::uint32_t operator*() const noexcept { return i_; }
    constexpr Iterator& operator++() noexcept {
      ++i_;
      return *this;
    }
    friend constexpr bool operator==(Iterator, Iterator) = default;

   private:
    std::uint32_t i_;
  };
  [[nodiscard]] constexpr Iterator begin() const noexcept { return Iterator(first_); }
  [[nodiscard]] constexpr Iterator end() const noexcept { return Iterator(last_); }
  [[nodiscard]] constexpr std::uint32_t first() const noexcept { return first_; }
  [[nodiscard]] constexpr std::uint32_t last() const noexcept { return last_; }
  [[nodiscard]] constexpr std::uint32_t size() const noexcept { return last_ - first_; }
  [[nodiscard]] constexpr bool contains(std::uint32_t i) const noexcept { return i >= first_ && i < last_; }

 private:
  std::uint32_t first_, last_;
};

// The vertices of one partition and their rows. A value; copies share the graph.
// Vertices count from 0, by descending degree; a slot names a vertex of the rank, own or mirrored, as a Halo's [slot].
class GraphPart {
 public:
  GraphPart(std::shared_ptr<graph::RankGraph const> graph, std::size_t slot)
      : graph_(std::move(graph)),
        slot_(slot),
        out_(graph_->report.directed ? &graph_->out : &graph_->in),
        first_(graph_->layout->first[slot]),
        size_(graph_->layout->first[slot + 1] - first_) {}

  [[nodiscard]] std::uint32_t size() const noexcept { return size_; }
  // Vertices of the whole graph.
  [[nodiscard]] std::uint64_t total() const noexcept { return graph_->report.vertices; }
  // Arcs of the whole graph; undirected: two an edge.
  [[nodiscard]] std::uint64_t arcs_total() const noexcept {
    return graph_->report.edges * (graph_->report.directed ? 1 : 2);
  }
  [[nodiscard]] IndexRange vertices() const noexcept { return {0, size_}; }
  [[nodiscard]] bool directed() const noexcept { return graph_->report.directed; }
  // The slots of those with an arc to v, and of those that v has an arc to; undirected: of all neighbours, both. In the
  // order that was asked for, which no rank count changes. Requires: GraphNeeds had them.
  [[nodiscard]] std::span<std::uint32_t const> in(std::uint32_t v) const noexcept { return graph_->in.row(first_ + v); }
  [[nodiscard]] std::span<std::uint32_t const> out(std::uint32_t v) const noexcept { return out_->row(first_ + v); }
  // The weights of these arcs, beside them.
  [[nodiscard]] std::span<double const> in_weights(std::uint32_t v) const noexcept {
    return graph_->in.weights_of(first_ + v);
  }
  [[nodiscard]] std::span<double const> out_weights(std::uint32_t v) const noexcept {
    return out_->weights_of(first_ + v);
  }
  // Slots of this rank: own vertices of all its partitions, then mirrors.
  [[nodiscard]] std::uint32_t slots() const noexcept { return graph_->slots(); }
  [[nodiscard]] std::uint32_t slot(std::uint32_t v) const noexcept { return first_ + v; }
  // Whether a slot is of a vertex of another rank.
  [[nodiscard]] bool mirrored(std::uint32_t slot) const noexcept { return slot >= graph_->owned(); }
  // The mirrors that this partition looks after: those of the rank are dealt evenly to its partitions.
  [[nodiscard]] IndexRange mirror_share() const noexcept {
    auto const parts = std::uint64_t{graph_->layout->partitions.size()};
    auto const owned = graph_->owned(), mirrors = graph_->slots() - owned;
    return {owned + static_cast<std::uint32_t>(mirrors * slot_ / parts),
            owned + static_cast<std::uint32_t>(mirrors * (slot_ + 1) / parts)};
  }
  // Whether the vertex of slot a comes before that of slot b in the order of all vertices by (partition, index).
  [[nodiscard]] bool precedes(std::uint32_t a, std::uint32_t b) const noexcept {
    return graph_->order_of(a) < graph_->order_of(b);
  }
  // The place of v's id among all ids, ascending, from 0: a smaller place means a smaller id. Requires: positions.
  [[nodiscard]] std::uint32_t position(std::uint32_t v) const noexcept { return graph_->position[first_ + v]; }
  // The places whose ids this partition keeps (pel::Block deals total() places to partitions), and such an id.
  [[nodiscard]] IndexRange positions_here() const noexcept {
    auto const& here = graph_->position_ids[slot_];
    return {static_cast<std::uint32_t>(here.first), static_cast<std::uint32_t>(here.first + here.ids.size())};
  }
  [[nodiscard]] std::uint64_t id_at(std::uint32_t position) const noexcept {
    auto const& here = graph_->position_ids[slot_];
    return here.ids[position - here.first];
  }
  // The sum of a halo's values over in(v), with the same bits on any rank count: see graph/row_sum.hpp.
  template <class T>
  [[nodiscard]] T sum_in(std::uint32_t v, Halo<T> const& halo) const noexcept {
    constexpr std::size_t cached = std::size_t{4} << 20U;
    auto const row = in(v);
    auto const& all = graph_->in.slots;
    auto const behind = static_cast<std::size_t>(all.data() + all.size() - (row.data() + row.size()));
    bool const far = graph_->slots() * sizeof(T) > cached && behind >= graph::prefetch_distance;
    return far ? graph::row_sum<true>(row, halo.values()) : graph::row_sum<false>(row, halo.values());
  }
  // Arcs from v; from the vertex of any slot of the rank.
  [[nodiscard]] std::uint32_t out_degree(std::uint32_t v) const noexcept { return graph_->out_degree[first_ + v]; }
  [[nodiscard]] std::uint32_t degree_of(std::uint32_t slot) const noexcept { return graph_->out_degree[slot]; }
  [[nodiscard]] std::uint64_t id(std::uint32_t v) const noexcept { return graph_->ids[first_ + v]; }
  // The vertex as the input calls it: its name, or its id in digits.
  [[nodiscard]] std::string label(std::uint32_t v) const {
    return graph_->names ? (*graph_->names)[id(v)] : std::to_string(id(v));
  }

  // A value for each vertex, and slots for the neighbours' ones.
  template <class T>
  [[nodiscard]] Halo<T> halo() const {
    return Halo<T>(graph_->layout, slot_);
  }
  // The same where few change in a superstep.
  template <class T>
  [[nodiscard]] SparseHalo<T> sparse_halo() const {
    return SparseHalo<T>(graph_->layout, slot_);
  }
  // A value for each vertex that anybody may lower, `initial` at first.
  template <class T>
  [[nodiscard]] Least<T> least(T initial) const {
    return Least<T>(graph_->layout, slot_, initial);
  }
  // A sum for each vertex that anybody may add to.
  [[nodiscard]] Tally tally() const { return Tally(graph_->layout, slot_); }
  // A row of slots for each vertex.
  [[nodiscard]] RowHalo row_halo(RowHalo::Settings settings = {}) const {
    return RowHalo(graph_->layout, slot_, settings);
  }

  // The column `name` of ids, or of names where the input has names, ascending by id; columns that follow, with a value
  // for each vertex, come in the same order. Example: graph_.write_vertices(out); out.column("rank", rank_);
  void write_vertices(Output& out, std::string const& name = "vertex") const {
    std::vector<std::uint64_t> const ids(graph_->ids.begin() + first_, graph_->ids.begin() + first_ + size_);
    std::vector<std::uint32_t> order(size_);
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::sort(order, {}, [&](std::uint32_t v) { return ids[v]; });
    out.in_order(std::move(order));
    write_ids(out, name, ids);
  }

  // The column `name` of vertices given by their ids, any of the graph: of names where the input has names.
  // Example: graph_.write_vertices(out); graph_.write_ids(out, "component", components_);
  void write_ids(Output& out, std::string const& name, std::vector<std::uint64_t> const& ids) const {
    if (!graph_->names) {
      out.column(name, ids);
      return;
    }
    std::vector<std::string_view> labels;
    labels.reserve(ids.size());
    for (auto const vertex : ids) labels.push_back((*graph_->names)[vertex]);
    out.column(name, labels);
  }

 private:
  std::shared_ptr<graph::RankGraph const> graph_;
  std::size_t slot_;
  graph::Rows const* out_;
  std::uint32_t first_, size_;
};

// A graph on all ranks.
class Graph {
 public:
  // Declares and reads --graph (`debian:`, `rmat:scale=16,seed=1`, a file, an LDBC prefix, a graph cache) and the
  // options that say how it is read (see graph/open_graph.hpp), and loads what they ask for, as the kernels need it.
  // Collective: all ranks, so options of the app come before. Throws and costs: see graph/rank_graph.hpp.
  // Example: auto const graph = pel::Graph::load(job, {.in = false, .out = true, .weights = true});
  [[nodiscard]] static Graph load(Job& job, GraphNeeds const& needs = {}) {
    auto const options = graph::take_graph_options(job.core());
    return Graph(graph::open_graph(job.core(), options, needs));
  }

  // The part of a partition of this rank.
  [[nodiscard]] GraphPart part(Partition partition) const {
    auto const& mine = graph_->layout->partitions;
    auto const at = std::lower_bound(mine.begin(), mine.end(), partition.id);
    return {graph_, static_cast<std::size_t>(at - mine.begin())};
  }
  // Those of all partitions of this rank.
  [[nodiscard]] std::vector<GraphPart> parts() const {
    std::vector<GraphPart> all;
    for (std::size_t slot = 0; slot < graph_->layout->partitions.size(); ++slot) all.emplace_back(graph_, slot);
    return all;
  }
  // A union-find over the slots of this rank, for all its partitions: make one before the run, for the kernels to
  // share.
  [[nodiscard]] std::shared_ptr<graph::Forest> forest() const {
    return std::make_shared<graph::Forest>(graph_->slots());
  }
  [[nodiscard]] std::uint64_t vertices() const noexcept { return graph_->report.vertices; }
  [[nodiscard]] std::uint64_t edges() const noexcept { return graph_->report.edges; }
  [[nodiscard]] bool directed() const noexcept { return graph_->report.directed; }
  // What it was loaded from, as --graph says it, or what replaced that.
  [[nodiscard]] std::string const& source() const noexcept { return graph_->source; }
  // What that says of the kernels' parameters.
  [[nodiscard]] graph::KernelDefaults const& defaults() const noexcept { return graph_->defaults; }
  // Whether weights were read from its input, and lines with bad ones so left out.
  [[nodiscard]] bool weights_read() const noexcept { return graph_->weights_read; }
  // Names of vertices by id, ascending, or null.
  [[nodiscard]] std::shared_ptr<std::vector<std::string> const> const& names() const noexcept { return graph_->names; }
  [[nodiscard]] graph::LoadReport const& report() const noexcept { return graph_->report; }

 private:
  explicit Graph(std::shared_ptr<graph::RankGraph const> graph) : graph_(std::move(graph)) {}
  std::shared_ptr<graph::RankGraph const> graph_;
};

}  // namespace pel
