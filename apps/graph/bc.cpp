#include "bc.hpp"

int main(int argc, char* argv[]) {
  return pel::main(argc, argv, [](pel::Job& job) {
    job.describe("Betweenness of the vertices of a graph, from given sources.");
    auto const source = job.option("source", std::uint64_t{0}, "where shortest paths begin");
    auto const graph = pel::Graph::load(job, betweenness_needs);
    job.run([&](pel::Partition p) { return Betweenness(graph.part(p), {source}); });
  });
}
