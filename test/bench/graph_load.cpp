// Loads a graph and says what that took: the time from an open input to a graph ready for kernels, and each rank's
// peak of memory, as a line of JSON.
//   mpirun -n 2 --bind-to none graph_load --weights --undirected rmat20
#include <pel/pel.hpp>

#include "base/machine.hpp"

namespace {

// Peaks of memory of the ranks, each from its first partition, and the longest load.
class Peaks {
 public:
  using Message = pel::NoMessage;
  using Aggregate = pel::Both<pel::Sum<std::uint64_t>, pel::Max<double>>;

  Peaks(pel::GraphPart graph, std::uint64_t bytes, double seconds)
      : graph_(std::move(graph)), bytes_(bytes), seconds_(seconds) {}

  pel::Vote superstep(pel::Superstep<Peaks>& step) {
    if (graph_.slot(0) == 0) step.contribute({{bytes_}, {seconds_}});
    return pel::Vote::halt;
  }
  void serialize(auto&, unsigned) {}
  void write(pel::Output&) const {}

 private:
  pel::GraphPart graph_;
  std::uint64_t bytes_;
  double seconds_;
};

}  // namespace

int main(int argc, char* argv[]) {
  return pel::main(argc, argv, [](pel::Job& job) {
    pel::GraphNeeds needs;
    needs.weights = job.flag("weights", "keep weights");
    needs.positions = job.flag("positions", "find positions");
    needs.out = job.flag("out", "rows in both directions");
    if (job.flag("hubs", "rows by hubs first")) needs.order = pel::RowOrder::hub_first;
    if (job.flag("by-weight", "rows by weight")) needs.order = pel::RowOrder::by_weight;
    auto const graph = pel::Graph::load(job, needs);
    auto const seconds = graph.report().seconds;
    auto const bytes = pel::base::peak_rss_bytes();
    auto const all = job.run([&](pel::Partition p) { return Peaks(graph.part(p), bytes, seconds); });
    job.say("{\"seconds\": " + std::to_string(all.second.value) + ", \"peak_rss_bytes\": " +
            std::to_string(all.first.value) + ", \"edges\": " + std::to_string(graph.edges()) + "}");
  });
}
