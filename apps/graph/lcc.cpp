#include "lcc.hpp"

int main(int argc, char* argv[]) {
  return pel::main(argc, argv, [](pel::Job& job) {
    job.describe("Local clustering coefficients of a graph.");
    auto const graph = pel::Graph::load(job, lcc_needs);
    auto const hubs = std::make_shared<HubRows>();
    job.run([&](pel::Partition p) { return Lcc(graph.part(p), hubs); });
  });
}
