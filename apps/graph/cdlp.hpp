// Community detection by label propagation, as LDBC Graphalytics defines it: at first each vertex is labelled with its
// id; then, `iterations` times, all at once take the label most frequent among their in- and out-neighbours, the
// smallest of equals. Who has no neighbour keeps its label.
#pragma once

#include <pel/pel.hpp>

#include "label_counts.hpp"

inline constexpr pel::GraphNeeds cdlp_needs{.in = true, .out = true, .positions = true};

// A label is the place of its id among all ids: 32 bits, in the same order. A vertex of which no neighbour changed
// cannot change and is passed over; when none changed at all the rest of the rounds would change nothing either. At the
// end the partitions that keep ids by place are asked for those of the labels that are left.
class Cdlp {
 public:
  using Message = pel::Message<std::uint32_t, std::uint64_t>;  // a label, and which partition asks; a label and its id
  using Aggregate = pel::Sum<std::uint64_t>;                   // labels that changed

  Cdlp(pel::GraphPart graph, std::uint32_t iterations)
      : graph_(std::move(graph)), iterations_(iterations), communities_(graph_.size()) {}

  pel::Vote superstep(pel::Superstep<Cdlp>& step) {
    if (stage_ == propagating) {
      bool const over = step.number() > iterations_ || (step.number() > 0 && step.aggregate().value == 0);
      if (!over) return propagate(step);
      ask(step);
    } else if (stage_ == asking) {
      for (auto const& [label, from] : step.inbox()) step.send(pel::partition_id(from), label, graph_.id_at(label));
    } else {
      learn(step.inbox());
      return pel::Vote::halt;
    }
    ++stage_;
    return pel::Vote::go_on;
  }

  void serialize(auto& archive, unsigned) { pel::fields(archive, "stage", stage_, "labels", labels_); }

  void write(pel::Output& out) const {
    graph_.write_vertices(out);
    graph_.write_ids(out, "community", communities_);
  }

 private:
  enum Stage : std::uint32_t { propagating, asking, answered };

  pel::Vote propagate(pel::Superstep<Cdlp>& step) {
    std::uint64_t changed = 0;
    if (step.number() == 0) {
      for (auto const v : graph_.vertices()) labels_.set(v, graph_.position(v));
      changed = graph_.size();
    } else {
      auto& counts = scratch();
      for (auto const v : graph_.vertices()) {
        // In the first round all count as changed, also the one whose label was 0 before there were labels.
        if (step.number() == 1 ? neighbours(v) == 0 : !near_change(v)) continue;
        auto const label = step.number() == 1 && !graph_.directed() ? least(v) : most_frequent(v, counts);
        if (label == labels_.own(v)) continue;
        labels_.set(v, label);
        ++changed;
      }
    }
    step.contribute({changed});
    step.publish(labels_);
    return pel::Vote::go_on;
  }

  [[nodiscard]] std::size_t neighbours(std::uint32_t v) const {
    return graph_.in(v).size() + (graph_.directed() ? graph_.out(v).size() : 0);
  }

  [[nodiscard]] bool near_change(std::uint32_t v) const {
    for (auto const slot : graph_.in(v))
      if (labels_.changed(slot)) return true;
    if (graph_.directed())
      for (auto const slot : graph_.out(v))
        if (labels_.changed(slot)) return true;
    return false;
  }

  // While all labels differ, the most frequent is the smallest. Requires: v has a neighbour.
  [[nodiscard]] std::uint32_t least(std::uint32_t v) const {
    auto const* const labels = labels_.values();
    std::uint32_t least = ~std::uint32_t{0};
    for (auto const slot : graph_.in(v)) least = std::min(least, labels[slot]);
    return least;
  }

  [[nodiscard]] std::uint32_t most_frequent(std::uint32_t v, LabelCounts& counts) const {
    auto const* const labels = labels_.values();
    auto const in = graph_.in(v);
    auto const out = graph_.directed() ? graph_.out(v) : std::span<std::uint32_t const>();
    return counts.most_frequent(neighbours(v), [&](auto const& add) {
      for (auto const slot : in) add(labels[slot]);
      for (auto const slot : out) add(labels[slot]);
    });
  }

  // The labels that are left here, ascending, each once.
  [[nodiscard]] std::vector<std::uint32_t> distinct() const {
    std::vector<std::uint32_t> labels;
    for (auto const v : graph_.vertices()) labels.push_back(labels_.own(v));
    std::sort(labels.begin(), labels.end());
    labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
    return labels;
  }

  void ask(pel::Superstep<Cdlp>& step) {
    pel::Block const keepers{graph_.total(), step.partition().count};
    for (auto const label : distinct()) step.send(keepers.owner(label), label, std::uint64_t{step.partition().index()});
  }

  // The inbox has each label of this partition once, ascending.
  void learn(auto const& inbox) {
    std::vector<std::pair<std::uint32_t, std::uint64_t>> const ids(inbox.begin(), inbox.end());
    for (auto const v : graph_.vertices()) {
      auto const at = std::lower_bound(ids.begin(), ids.end(), std::pair(labels_.own(v), std::uint64_t{0}));
      communities_[v] = at->second;
    }
  }

  [[nodiscard]] LabelCounts& scratch() const {
    static thread_local LabelCounts counts;
    counts.resize(graph_.total());
    return counts;
  }

  pel::GraphPart graph_;
  std::uint32_t iterations_;
  std::uint32_t stage_ = propagating;
  pel::SparseHalo<std::uint32_t> labels_{graph_.sparse_halo<std::uint32_t>()};
  std::vector<std::uint64_t> communities_;
};

// The app, but for main().
inline void cdlp(pel::Job& job) {
  job.describe("Communities of a graph by label propagation, each called by the id of a vertex.");
  pel::GraphApp app(job, {.ldbc = "cdlp", .iterations = 10});
  auto const graph = app.load(cdlp_needs);
  app.run([&](pel::Partition p) { return Cdlp(graph.part(p), app.iterations()); },
          pel::expected::cdlp(app.iterations()));
}
