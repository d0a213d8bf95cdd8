#include "cdlp.hpp"

int main(int argc, char* argv[]) {
  return pel::main(argc, argv, [](pel::Job& job) {
    job.describe("Communities of a graph by label propagation.");
    auto const iterations = job.option("iterations", std::uint32_t{10}, "rounds");
    auto const graph = pel::Graph::load(job, cdlp_needs);
    job.run([&](pel::Partition p) { return Cdlp(graph.part(p), iterations); });
  });
}
