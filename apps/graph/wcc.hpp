// Weakly connected components: each vertex gets the smallest id of its component.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <pel/pel.hpp>
#include <span>
#include <utility>
#include <vector>

inline constexpr pel::GraphNeeds wcc_needs{.in = true, .out = true, .order = pel::RowOrder::hub_first};

// What partitions tell each other.
struct WccProgress {
  static constexpr auto none = ~std::uint64_t{0};
  std::uint64_t hub_arcs = 0, hub = none;  // the vertex with most arcs; of equal ones, the smallest id
  std::uint64_t fallen = 0;                // labels that fell
  std::uint64_t least = none;              // the smallest id known to be in the hub's component
  WccProgress& operator+=(WccProgress const& other) noexcept {
    if (other.hub_arcs > hub_arcs || (other.hub_arcs == hub_arcs && other.hub < hub)) {
      hub_arcs = other.hub_arcs;
      hub = other.hub;
    }
    fallen += other.fallen;
    least = std::min(least, other.least);
    return *this;
  }
  void serialize(auto& archive, unsigned) {
    pel::fields(archive, "hub_arcs", hub_arcs, "hub", hub, "fallen", fallen, "least", least);
  }
};

// Each rank joins its slots, own and mirrored, to the trees of a forest: first by two arcs a vertex, after which most
// vertices are in the tree of the hub, then by all arcs of those that are not (Sutton, Ben-Nun, Barak, "Optimizing
// parallel graph connectivity computation via subgraph sampling", IPDPS 2018). All ranks have the same hub, so vertices
// in its trees on different ranks are connected, and an arc between such may be left out. Then the trees agree on
// labels: the smallest id known of the component, plus 1, or 0 for that of the hub. Ranks tell each other the labels of
// vertices outside of the hub's tree alone: a mirror without a label is in the tree of its owner's rank.
// The forest is no state: after a restart the phases begin anew, with the labels that there are.
class Wcc {
 public:
  using Message = pel::NoMessage;
  using Aggregate = WccProgress;

  // `forest`: pel::Graph::forest(), the same for all kernels of a rank.
  Wcc(pel::GraphPart graph, std::shared_ptr<pel::graph::Forest> forest)
      : graph_(std::move(graph)), forest_(std::move(forest)) {}

  pel::Vote superstep(pel::Superstep<Wcc>& step) {
    auto const& before = step.aggregate();
    WccProgress now;
    if (phase_ > 0) least_ = std::min(least_, before.least);
    if (phase_ > 7 && before.fallen == 0) return pel::Vote::halt;
    switch (phase_++) {
      case 0:
        find_hub(now);
        note_labelled();
        link_all(0, 2);
        break;
      case 1:
        compress();
        label_hub(before.hub);
        step.publish(label_);
        break;
      case 2:
        note_labelled();
        label_hub_trees();
        break;
      case 3:
        link_outside();
        break;
      case 4:
        label_hub_trees();  // which may have got other roots
        break;
      case 5:
        label_other_trees(now);
        break;
      default:
        agree(now);
        step.publish(label_);
    }
    step.contribute(now);
    return pel::Vote::go_on;
  }

  void serialize(auto& archive, unsigned) { pel::fields(archive, "label", label_); }

  void write(pel::Output& out) const {
    std::vector<std::uint64_t> components;
    for (auto const v : graph_.vertices()) {
      auto const label = label_of_tree(graph_.slot(v));
      components.push_back(label == 0 ? least_ : label - 1);
    }
    graph_.write_vertices(out);
    graph_.write_ids(out, "component", components);
  }

 private:
  static constexpr auto none = WccProgress::none;

  [[nodiscard]] std::uint64_t label_of_tree(std::uint32_t slot) const { return label_[forest_->root(slot)]; }

  void find_hub(WccProgress& now) const {
    for (auto const v : graph_.vertices()) {
      WccProgress candidate;
      candidate.hub_arcs = graph_.in(v).size() + (graph_.directed() ? graph_.out(v).size() : 0);
      candidate.hub = graph_.id(v);
      now += candidate;
      if (v == 0) break;  // the one of most arcs comes first
    }
  }

  // Links v to its neighbours from the first'th to before the last'th.
  void link(std::uint32_t v, std::size_t first, std::size_t last) const {
    auto const slot = graph_.slot(v);
    auto const link_row = [&](std::span<std::uint32_t const> row) {
      for (auto i = first; i < std::min(last, row.size()); ++i) forest_->link(slot, row[i]);
    };
    link_row(graph_.in(v));
    if (graph_.directed()) link_row(graph_.out(v));
  }
  void link_all(std::size_t first, std::size_t last) const {
    for (auto const v : graph_.vertices()) link(v, first, last);
  }
  void link_outside() const {
    for (auto const v : graph_.vertices())
      if (label_[forest_->parent(graph_.slot(v))] != 0) link(v, 2, ~std::size_t{0});
  }
  void compress() const {
    forest_->compress(graph_.slot(0), graph_.slot(graph_.size()));
    auto const mirrors = graph_.mirror_share();
    forest_->compress(mirrors.first(), mirrors.last());
  }

  void label_hub(std::uint64_t hub) {
    if (graph_.size() > 0 && graph_.id(0) == hub) label_.lower(graph_.slot(0), 0);
  }
  // Finds those that are known to be in the hub's component: the hub; after a restart also others.
  void note_labelled() {
    auto const note = [&](std::uint32_t slot) {
      if (label_[slot] == 0) in_hubs_component_.push_back(slot);
    };
    label_.for_each_changed_slot(graph_.slot(0), graph_.slot(graph_.size()), note);
    auto const mirrors = graph_.mirror_share();
    label_.for_each_changed_slot(mirrors.first(), mirrors.last(), note);
  }
  void label_hub_trees() {
    for (auto const slot : in_hubs_component_) label_.lower(forest_->root(slot), 0);
  }

  void label_other_trees(WccProgress& now) {
    for (auto const v : graph_.vertices()) {
      auto const slot = graph_.slot(v), root = forest_->root(slot);
      if (label_[root] != 0) {
        outside_.push_back(v);
        label_.lower(root, graph_.id(v) + 1);
      } else {
        now.least = std::min(now.least, graph_.id(v));
        if (label_[slot] != none) label_.lower(slot, 0);  // a label of before a restart would say that it is outside
      }
    }
    auto const mirrors = graph_.mirror_share();
    for (auto m = mirrors.first(); m < mirrors.last(); ++m)
      if (forest_->root(m) != m) mirrors_.push_back(m);  // of those in no tree nothing is known here
  }

  // Trees take the labels of their vertices, and vertices those of their trees, where these are smaller.
  void agree(WccProgress& now) {
    for (auto const v : outside_) {
      meet(graph_.slot(v), label_[graph_.slot(v)], now);
      if (label_of_tree(graph_.slot(v)) == 0) now.least = std::min(now.least, graph_.id(v));
    }
    if (phase_ <= 7) return;  // the first time, mirrors have no labels yet
    for (auto const m : mirrors_) meet(m, label_[m] == none ? 0 : label_[m], now);
  }
  void meet(std::uint32_t slot, std::uint64_t label, WccProgress& now) {
    auto const root = forest_->root(slot);
    auto const of_tree = label_[root];
    if (label < of_tree) now.fallen += label_.lower(root, label) ? 1 : 0;
    if (of_tree < label) now.fallen += label_.lower(slot, of_tree) ? 1 : 0;
  }

  pel::GraphPart graph_;
  std::shared_ptr<pel::graph::Forest> forest_;
  pel::Least<std::uint64_t> label_{graph_.least<std::uint64_t>(none)};
  int phase_ = 0;
  std::vector<std::uint32_t> in_hubs_component_;  // slots, labelled 0
  std::vector<std::uint32_t> outside_;            // own vertices whose tree was not the hub's
  std::vector<std::uint32_t> mirrors_;            // of this partition's share, those in trees
  std::uint64_t least_ = none;                    // id in the hub's component
};

// The app, but for main().
inline void wcc(pel::Job& job) {
  job.describe("Weakly connected components of a graph.");
  pel::GraphApp app(job, {});
  auto const graph = app.load(wcc_needs);
  auto const forest = graph.forest();
  app.run([&](pel::Partition p) { return Wcc(graph.part(p), forest); }, pel::expected::wcc());
}
