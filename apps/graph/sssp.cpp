#include "sssp.hpp"

int main(int argc, char* argv[]) {
  return pel::main(argc, argv, [](pel::Job& job) {
    job.describe("The least sum of weights from a source along arcs.");
    auto const source = job.option("source", std::uint64_t{0}, "the vertex to begin from");
    auto const graph = pel::Graph::load(job, sssp_needs);
    job.run([&](pel::Partition p) { return Sssp(graph.part(p), source); });
  });
}
