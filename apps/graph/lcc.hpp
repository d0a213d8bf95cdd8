// Local clustering coefficient, as LDBC Graphalytics defines it: with N the distinct neighbours of a vertex in either
// direction, the number of arcs from one of N to another over |N| (|N| - 1); 0 if |N| < 2.
#pragma once

#include <pel/pel.hpp>

#include "triangle_counts.hpp"

inline constexpr pel::GraphNeeds lcc_needs = triangle_needs;

class Lcc {
 public:
  using Message = pel::NoMessage;
  using Aggregate = pel::NoAggregate;

  // `hubs`: one a rank, for all its partitions.
  Lcc(pel::GraphPart graph, std::shared_ptr<HubRows> hubs, std::uint64_t bytes_a_round = usual_bytes_of_rows)
      : graph_(graph), counts_(std::move(graph), std::move(hubs), Credit::arcs, bytes_a_round) {}

  pel::Vote superstep(pel::Superstep<Lcc>& step) { return counts_.advance(step) ? pel::Vote::halt : pel::Vote::go_on; }

  void serialize(auto& archive, unsigned version) { counts_.serialize(archive, version); }

  void write(pel::Output& out) const {
    graph_.write_vertices(out);
    std::vector<double> coefficients;
    for (auto const v : graph_.vertices()) coefficients.push_back(coefficient(v));
    out.column("coefficient", coefficients);
  }

 private:
  [[nodiscard]] double coefficient(std::uint32_t v) const {
    auto const n = static_cast<double>(counts_.degree(v));
    return n < 2 ? 0 : static_cast<double>(counts_[v]) / (n * (n - 1));
  }

  pel::GraphPart graph_;
  TriangleCounts counts_;
};

// The app, but for main().
inline void lcc(pel::Job& job) {
  job.describe("How many of the neighbours of a vertex are neighbours of each other: 0 to 1.");
  pel::GraphApp app(job, {.ldbc = "lcc"});
  auto const graph = app.load(lcc_needs);
  auto const hubs = std::make_shared<HubRows>();
  app.run([&](pel::Partition p) { return Lcc(graph.part(p), hubs); }, pel::expected::lcc());
}
