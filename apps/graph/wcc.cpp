#include "wcc.hpp"

int main(int argc, char* argv[]) {
  return pel::main(argc, argv, [](pel::Job& job) {
    job.describe("Weakly connected components of a graph.");
    auto const graph = pel::Graph::load(job, wcc_needs);
    auto const forest = graph.forest();
    job.run([&](pel::Partition p) { return Wcc(graph.part(p), forest); });
  });
}
