// PageRank of an undirected graph written on messages instead of a halo: what a message costs, on real work. Prints the
// seconds of its rounds, without the set-up.
#include <pel/pel.hpp>

#include "base/machine.hpp"

namespace {

class MessagePageRank {
 public:
  using Message = pel::Message<std::uint32_t, double, std::plus<>>;  // index in the partition, share of rank
  using Aggregate = pel::Max<double>;                                // seconds, in the last superstep

  MessagePageRank(pel::GraphPart graph, pel::Partition part, int iterations)
      : graph_(std::move(graph)), part_(part), iterations_(iterations), rank_(graph_.size(), 1.0 / n()) {
    for (auto const v : graph_.vertices()) address_.set(v, (std::uint64_t{part_.index()} << 32U) | v);
  }

  pel::Vote superstep(pel::Superstep<MessagePageRank>& step) {
    if (step.number() == 0) {
      step.publish(address_);
      return pel::Vote::go_on;
    }
    if (step.number() == 1) find_targets();
    if (step.number() > 1) {
      std::vector<double> next(rank_.size(), 0.15 / n());
      for (auto const& [v, sum] : step.inbox()) next[v] += 0.85 * sum;
      rank_.swap(next);
    }
    if (step.number() == iterations_ + 1) {
      step.contribute({pel::base::monotonic_seconds() - started_});
      return pel::Vote::halt;
    }
    auto const* target = targets_.data();
    for (auto const v : graph_.vertices()) {
      auto const degree = graph_.out_degree(v);
      auto const share = rank_[v] / degree;
      for (std::uint32_t i = 0; i < degree; ++i, ++target)
        step.send(pel::PartitionId{static_cast<std::uint32_t>(*target >> 32U)}, static_cast<std::uint32_t>(*target),
                  share);
    }
    return pel::Vote::go_on;
  }
  void serialize(auto& archive, unsigned) { pel::fields(archive, "rank", rank_, "address", address_); }
  void write(pel::Output& out) const {
    graph_.write_vertices(out);
    out.column("rank", rank_);
  }

 private:
  [[nodiscard]] double n() const { return static_cast<double>(graph_.total()); }
  void find_targets() {
    for (auto const v : graph_.vertices())
      for (auto const slot : graph_.in(v)) targets_.push_back(address_[slot]);
    started_ = pel::base::monotonic_seconds();
  }

  pel::GraphPart graph_;
  pel::Partition part_;
  int iterations_;
  std::vector<double> rank_;
  std::vector<std::uint64_t> targets_;
  pel::Halo<std::uint64_t> address_{graph_.halo<std::uint64_t>()};
  double started_ = 0;
};

}  // namespace

int main(int argc, char* argv[]) {
  return pel::main(argc, argv, [](pel::Job& job) {
    auto const iterations = job.option("iterations", 10, "rounds");
    auto const graph = pel::Graph::load(job);
    auto const seconds = job.run([&](pel::Partition p) { return MessagePageRank(graph.part(p), p, iterations); });
    job.say("{\"seconds\": " + std::to_string(seconds.value) + "}");
  });
}
