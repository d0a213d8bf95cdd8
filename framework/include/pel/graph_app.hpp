// The main() of a graph app: its common flags, its graph, its run, and whether the answer is right.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/result_check.hpp"
#include "graph/app_parameters.hpp"
#include "graph/reference/expected.hpp"
#include "graph/verifier.hpp"
#include "pel/graph.hpp"
#include "pel/job.hpp"
#include "pel/run.hpp"

namespace pel {

// What an answer should be (graph/reference/expected.hpp): expected::bfs(source), expected::pagerank(20, 0.85) …
namespace expected = graph::expected;
using graph::Expected;

// Takes --verify[=GOLDEN], --tolerance, and of --source, --iterations and --damping those that are wished for; then
// those of Graph::load. Sequence: constructor, load, the parameters, run. Example: all that bfs.hpp has beside its
// kernel, so that bfs.cpp is int main(int argc, char* argv[]) { return pel::main(argc, argv, bfs); }, and tests run the
// same:
//
//   inline void bfs(pel::Job& job) {
//     job.describe("Hops from a source along out-arcs.");
//     pel::GraphApp app(job, {.ldbc = "bfs", .source = true});
//     auto const graph = app.load(bfs_needs);
//     app.run([&](pel::Partition p) { return Bfs(graph.part(p), app.source()); }, pel::expected::bfs(app.source()));
//   }
//
// The kernel writes two columns: the vertices (GraphPart::write_vertices), then a value for each; where values are
// vertices (components, communities): GraphPart::write_ids.
class GraphApp {
 public:
  // Throws: UsageError.
  GraphApp(Job& job, graph::AppWishes wishes)
      : job_(job), verifier_(job.core()), parameters_(job.core(), std::move(wishes)) {}

  // Loads the graph that the command line asks for (Graph::load takes the same `needs`), and settles the parameters.
  // Collective: all ranks, once. Throws: see Graph::load and graph/app_parameters.hpp.
  [[nodiscard]] Graph load(GraphNeeds const& needs = {}) {
    auto graph = Graph::load(job_, needs);
    identity_ = {graph.source(), graph.directed(), graph.names(), graph.weights_read()};
    auto const parts = graph.parts();
    parameters_.settle(job_.core(), {graph.source(), graph.defaults(), graph.names(),
                                     [&](std::uint64_t id) { return has(parts, id); }, [&] { return hub(parts); }});
    return graph;
  }

  // After load(). Of one that was not wished for: nothing of use.
  [[nodiscard]] std::uint64_t source() const { return parameters_.sources().front(); }
  [[nodiscard]] std::vector<std::uint64_t> const& sources() const noexcept { return parameters_.sources(); }
  [[nodiscard]] std::uint32_t iterations() const noexcept { return parameters_.iterations(); }
  [[nodiscard]] double damping() const noexcept { return parameters_.damping(); }

  // Job::run, and then, with --verify, a look at the result: what differs is said, the worst vertex with both values,
  // and the job will end with ExitCode::mismatch. Returns the last aggregate. Collective: all ranks. Throws: see
  // Job::run and graph/verifier.hpp.
  template <class Make>
  auto run(Make make, Expected const& expected) {
    auto const check = verifier_.check(job_.core(), identity_, expected);
    return job_.run(std::move(make), "", check ? engine::ResultCheck(check) : engine::ResultCheck());
  }

 private:
  static bool has(std::vector<GraphPart> const& parts, std::uint64_t id) {
    for (auto const& part : parts)
      for (auto const v : part.vertices())
        if (part.id(v) == id) return true;
    return false;
  }
  // The id of the vertex of highest out-degree, the smallest of equals, and its degree.
  static std::optional<std::pair<std::uint64_t, std::uint64_t>> hub(std::vector<GraphPart> const& parts) {
    std::optional<std::pair<std::uint64_t, std::uint64_t>> best;
    for (auto const& part : parts)
      for (auto const v : part.vertices()) {
        std::uint64_t const id = part.id(v), degree = part.out_degree(v);
        if (!best || degree > best->second || (degree == best->second && id < best->first)) best = {id, degree};
      }
    return best;
  }

  Job& job_;
  graph::Verifier verifier_;
  graph::AppParameters parameters_;
  graph::GraphIdentity identity_;
};

}  // namespace pel
