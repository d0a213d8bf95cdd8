#include "pagerank.hpp"

int main(int argc, char* argv[]) {
  return pel::main(argc, argv, [](pel::Job& job) {
    job.describe("PageRank of a graph: by default of the Debian packages and what they depend on.");
    auto const iterations = job.option("iterations", std::uint32_t{30}, "rounds");
    auto const damping = job.option("damping", 0.85, "probability of following an arc, 0 to 1");
    if (damping < 0 || damping > 1) throw pel::UsageError("--damping", "expected a number from 0 to 1");
    auto const graph = pel::Graph::load(job, pagerank_needs);
    auto const last = job.run([&](pel::Partition p) { return PageRank(graph.part(p), iterations, damping); });
    for (auto const& [rank, vertex] : last.second.value) job.say(vertex + " " + std::to_string(rank));
  });
}
