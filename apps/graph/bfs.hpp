// Breadth-first search: hops from a source along arcs, as LDBC Graphalytics defines it. One level a superstep.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <pel/pel.hpp>
#include <utility>
#include <vector>

inline constexpr pel::GraphNeeds bfs_needs{.in = true, .out = true, .order = pel::RowOrder::hub_first};

// Invariant: at the start of superstep s, the vertices of depth s - 1 are those that changed; after a restart, all that
// were reached count as changed, which finds the same vertices.
class Bfs {
 public:
  using Message = pel::NoMessage;
  using Aggregate = pel::Frontier;

  Bfs(pel::GraphPart graph, std::uint64_t source)
      : graph_(std::move(graph)), source_(source), direction_(graph_.total(), graph_.arcs_total()) {}

  pel::Vote superstep(pel::Superstep<Bfs>& step) {
    auto const depth = static_cast<std::uint32_t>(step.number());
    if (depth > 0) {
      if (step.aggregate().vertices == 0) return pel::Vote::halt;
      direction_.advance(step.aggregate());
    }
    step.contribute(depth == 0 ? start() : direction_.pulls() ? pull(depth) : push(depth));
    step.publish(depth_);
    return pel::Vote::go_on;
  }

  void serialize(auto& archive, unsigned) { pel::fields(archive, "depth", depth_, "direction", direction_); }

  void write(pel::Output& out) const {
    std::vector<std::int64_t> hops;
    for (auto const v : graph_.vertices()) {
      auto const depth = depth_[graph_.slot(v)];
      hops.push_back(depth == unreached ? std::numeric_limits<std::int64_t>::max() : depth);
    }
    graph_.write_vertices(out);
    out.column("hops", hops);
  }

 private:
  static constexpr auto unreached = ~std::uint32_t{0};

  pel::Frontier start() {
    for (auto const v : graph_.vertices())
      if (graph_.id(v) == source_ && depth_.lower(graph_.slot(v), 0)) return {1, graph_.out_degree(v)};
    return {};
  }

  pel::Frontier push(std::uint32_t depth) {
    pel::Frontier found;
    depth_.for_each_changed([&](std::uint32_t v) {
      for (auto const u : graph_.out(v))
        if (depth_[u] == unreached && depth_.lower(u, depth)) found += {1, graph_.degree_of(u)};
    });
    return found;
  }

  pel::Frontier pull(std::uint32_t depth) {
    pel::Frontier found;
    for (auto const v : graph_.vertices()) {
      if (depth_[graph_.slot(v)] != unreached) continue;
      auto const row = graph_.in(v);
      if (std::none_of(row.begin(), row.end(), [&](std::uint32_t u) { return depth_.changed(u); })) continue;
      depth_.lower_own(v, depth);
      found += {1, graph_.out_degree(v)};
    }
    return found;
  }

  pel::GraphPart graph_;
  std::uint64_t source_;
  pel::Direction direction_;
  pel::Least<std::uint32_t> depth_{graph_.least<std::uint32_t>(unreached)};
};

// The app, but for main().
inline void bfs(pel::Job& job) {
  job.describe("Hops from a source along arcs.");
  pel::GraphApp app(job, {.ldbc = "bfs", .source = true});
  auto const graph = app.load(bfs_needs);
  app.run([&](pel::Partition p) { return Bfs(graph.part(p), app.source()); }, pel::expected::bfs(app.source()));
}
