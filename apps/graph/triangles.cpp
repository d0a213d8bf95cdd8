#include "triangles.hpp"

int main(int argc, char* argv[]) {
  return pel::main(argc, argv, [](pel::Job& job) {
    job.describe("Triangles of a graph, and how many go through each vertex.");
    auto const graph = pel::Graph::load(job, triangle_needs);
    auto const hubs = std::make_shared<HubRows>();
    auto const corners = job.run([&](pel::Partition p) { return Triangles(graph.part(p), hubs); });
    job.say(std::to_string(corners.value / 3) + " triangles");
  });
}
