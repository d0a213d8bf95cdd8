// Betweenness centrality from given sources: the sum over sources s other than v and targets t of the share of the
// shortest paths from s to t (in hops, along out-arcs) that pass through v; undirected: half of it, so that with all
// vertices as sources each pair counts once.
#pragma once

#include <cmath>
#include <pel/pel.hpp>
#include <stdexcept>

inline constexpr pel::GraphNeeds betweenness_needs{.in = true, .out = true};

// Brandes, "A faster algorithm for betweenness centrality", Journal of Mathematical Sociology 2001: one source after
// the other; a breadth-first search that counts paths, then its levels backwards, each vertex gathering from those one
// level further what depends on it. All sums are over rows, and so have one order on any number of ranks.
class Betweenness {
 public:
  using Message = pel::NoMessage;
  using Aggregate = pel::Sum<std::uint64_t>;  // vertices that were reached

  Betweenness(pel::GraphPart graph, std::vector<std::uint64_t> sources)
      : graph_(std::move(graph)), sources_(std::move(sources)), centrality_(graph_.size()) {}

  pel::Vote superstep(pel::Superstep<Betweenness>& step) {
    if (searching_ != 0 && level_ > 0 && step.aggregate().value == 0) turn_round();
    if (searching_ == 0 && level_ == 0) next_source();
    if (source_ == sources_.size()) return pel::Vote::halt;
    if (searching_ != 0)
      search(step);
    else
      gather(step);
    return pel::Vote::go_on;
  }

  void serialize(auto& archive, unsigned) {
    pel::fields(archive, "source", source_, "level", level_, "start", start_, "next_start", next_start_, "searching",
                searching_, "stamp", stamp_, "paths", paths_, "share", share_, "centrality", centrality_);
  }

  void write(pel::Output& out) const {
    graph_.write_vertices(out);
    out.column("centrality", centrality_);
  }

 private:
  // Reaches level_ from the level before. A stamp is start_ + the level; those of earlier sources are less than start_.
  void search(pel::Superstep<Betweenness>& step) {
    std::uint64_t reached = 0;
    for (auto const v : graph_.vertices()) {
      if (level_ > 0 && stamp_.own(v) >= start_) continue;
      auto const paths = level_ == 0 ? (graph_.id(v) == sources_[source_] ? 1.0 : 0.0) : paths_to(v);
      if (paths == 0) continue;
      if (!std::isfinite(paths))
        throw std::overflow_error("more than 1e308 shortest paths lead from a source to vertex " + graph_.label(v) +
                                  ": a double counts no further");
      stamp_.set(v, start_ + level_);
      paths_.set(v, paths);
      ++reached;
    }
    step.contribute({reached});
    step.publish(stamp_);
    step.publish(paths_);
    ++level_;
  }

  [[nodiscard]] double paths_to(std::uint32_t v) const {
    double paths = 0;
    for (auto const slot : graph_.in(v))
      if (stamp_[slot] == start_ + level_ - 1) paths += paths_[slot];
    return paths;
  }

  // Nobody was found at the level before this one: the level before that is the last.
  void turn_round() {
    searching_ = 0;
    next_start_ = start_ + level_;
    level_ = std::max(level_, 2U) - 2;
  }

  void next_source() {
    ++source_;
    start_ = next_start_;
    searching_ = 1;
  }

  // What level_ gets from the one behind it. The source's own, at level 0, counts for nothing.
  void gather(pel::Superstep<Betweenness>& step) {
    double const weight = graph_.directed() ? 1 : 0.5;
    for (auto const v : graph_.vertices()) {
      if (stamp_.own(v) != start_ + level_) continue;
      double share = 0;
      for (auto const slot : graph_.out(v))
        if (stamp_[slot] == start_ + level_ + 1) share += share_[slot];
      auto const dependency = paths_.own(v) * share;
      centrality_[v] += weight * dependency;
      share_.set(v, (1 + dependency) / paths_.own(v));
    }
    step.publish(share_);
    --level_;
  }

  pel::GraphPart graph_;
  std::vector<std::uint64_t> sources_;
  std::uint32_t source_ = 0, level_ = 0, start_ = 1, next_start_ = 1, searching_ = 1;
  pel::SparseHalo<std::uint32_t> stamp_{graph_.sparse_halo<std::uint32_t>()};
  pel::SparseHalo<double> paths_{graph_.sparse_halo<double>()}, share_{graph_.sparse_halo<double>()};
  std::vector<double> centrality_;
};

// The app, but for main().
inline void bc(pel::Job& job) {
  job.describe("Betweenness of the vertices of a graph: shortest paths from given sources that pass through them.");
  pel::GraphApp app(job, {.sources = true});
  auto const graph = app.load(betweenness_needs);
  app.run([&](pel::Partition p) { return Betweenness(graph.part(p), app.sources()); },
          pel::expected::betweenness(app.sources()));
}
