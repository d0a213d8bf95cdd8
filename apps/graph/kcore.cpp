#include "kcore.hpp"

int main(int argc, char* argv[]) {
  return pel::main(argc, argv, [](pel::Job& job) {
    job.describe("Core numbers of a graph.");
    auto const graph = pel::Graph::load(job, kcore_needs);
    job.run([&](pel::Partition p) { return KCore(graph.part(p)); });
  });
}
