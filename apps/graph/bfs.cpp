#include "bfs.hpp"

int main(int argc, char* argv[]) {
  return pel::main(argc, argv, [](pel::Job& job) {
    job.describe("Hops from a source along arcs.");
    auto const source = job.option("source", std::uint64_t{0}, "the vertex to begin from");
    auto const graph = pel::Graph::load(job, bfs_needs);
    job.run([&](pel::Partition p) { return Bfs(graph.part(p), source); });
  });
}
