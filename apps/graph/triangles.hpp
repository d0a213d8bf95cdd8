// Triangles: how many go through each vertex, and how many there are, directions ignored.
#pragma once

#include <pel/pel.hpp>

#include "triangle_counts.hpp"

class Triangles {
 public:
  using Message = pel::NoMessage;
  using Aggregate = pel::Sum<std::uint64_t>;  // at the end: over all vertices, so three times the triangles

  // `hubs`: one a rank, for all its partitions.
  Triangles(pel::GraphPart graph, std::shared_ptr<HubRows> hubs, std::uint64_t bytes_a_round = usual_bytes_of_rows)
      : graph_(graph), counts_(std::move(graph), std::move(hubs), Credit::triangle, bytes_a_round) {}

  pel::Vote superstep(pel::Superstep<Triangles>& step) {
    if (!counts_.advance(step)) return pel::Vote::go_on;
    std::uint64_t corners = 0;
    for (auto const v : graph_.vertices()) corners += counts_[v];
    step.contribute({corners});
    return pel::Vote::halt;
  }

  void serialize(auto& archive, unsigned version) { counts_.serialize(archive, version); }

  void write(pel::Output& out) const {
    graph_.write_vertices(out);
    std::vector<std::uint64_t> counts;
    for (auto const v : graph_.vertices()) counts.push_back(counts_[v]);
    out.column("triangles", counts);
  }

 private:
  pel::GraphPart graph_;
  TriangleCounts counts_;
};

// The app, but for main().
inline void triangles(pel::Job& job) {
  job.describe("Triangles of a graph, directions ignored: how many go through each vertex.");
  pel::GraphApp app(job, {});
  auto const graph = app.load(triangle_needs);
  auto const hubs = std::make_shared<HubRows>();
  auto const corners =
      app.run([&](pel::Partition p) { return Triangles(graph.part(p), hubs); }, pel::expected::triangles());
  job.say(std::to_string(corners.value / 3) + " triangles");
}
