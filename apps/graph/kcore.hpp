// Core numbers: the largest k such that the vertex is in a subgraph where all have k neighbours or more, directions
// ignored.
#pragma once

#include <pel/pel.hpp>

#include "neighbours.hpp"

inline constexpr pel::GraphNeeds kcore_needs{.in = true, .out = true};

// Each vertex begins with its number of neighbours as a bound, and lowers it to the largest h such that h neighbours
// have bounds of h or more, until nothing changes (Montresor, De Pellegrini, Miorandi, "Distributed k-core
// decomposition", IEEE TPDS 2013). Only those who saw a neighbour fall below their own bound look again.
class KCore {
 public:
  using Message = pel::NoMessage;
  using Aggregate = pel::Sum<std::uint64_t>;  // bounds that fell

  explicit KCore(pel::GraphPart graph) : graph_(std::move(graph)) {}

  pel::Vote superstep(pel::Superstep<KCore>& step) {
    if (step.number() > 0 && step.aggregate().value == 0) return pel::Vote::halt;
    std::uint64_t changed = 0;
    for (auto const v : graph_.vertices()) {
      if (step.number() == 0) {
        bound_.set(v, count_neighbours(graph_, v));
      } else if (near_fall(v)) {
        auto const bound = lowered(v);
        if (bound == bound_.own(v)) continue;
        bound_.set(v, bound);
      } else {
        continue;
      }
      ++changed;
    }
    step.contribute({changed});
    step.publish(bound_);
    return pel::Vote::go_on;
  }

  void serialize(auto& archive, unsigned) { pel::fields(archive, "bound", bound_); }

  void write(pel::Output& out) const {
    graph_.write_vertices(out);
    std::vector<std::uint32_t> cores;
    for (auto const v : graph_.vertices()) cores.push_back(bound_.own(v));
    out.column("core", cores);
  }

 private:
  // Whether a neighbour fell, and below the bound of v.
  [[nodiscard]] bool near_fall(std::uint32_t v) const {
    auto const bound = bound_.own(v);
    auto const fell = [&](std::uint32_t slot) { return bound_.changed(slot) && bound_[slot] < bound; };
    auto const in = graph_.in(v);
    if (std::any_of(in.begin(), in.end(), fell)) return true;
    if (!graph_.directed()) return false;
    auto const out = graph_.out(v);
    return std::any_of(out.begin(), out.end(), fell);
  }

  // The largest h, at most v's bound, such that h neighbours have bounds of h or more.
  [[nodiscard]] std::uint32_t lowered(std::uint32_t v) const {
    auto const bound = bound_.own(v);
    static thread_local std::vector<std::uint32_t> with;  // by bound, greater ones counted as v's: neighbours
    with.assign(bound + std::size_t{1}, 0);
    each_neighbour(graph_, v, [&](std::uint32_t slot, unsigned) { ++with[std::min(bound_[slot], bound)]; });
    std::uint32_t h = bound;
    for (std::uint32_t n = with[h]; n < h; n += with[h]) --h;
    return h;
  }

  pel::GraphPart graph_;
  pel::SparseHalo<std::uint32_t> bound_{graph_.sparse_halo<std::uint32_t>()};
};

// The app, but for main().
inline void kcore(pel::Job& job) {
  job.describe("Core numbers of a graph: how densely a vertex is tied in, directions ignored.");
  pel::GraphApp app(job, {});
  auto const graph = app.load(kcore_needs);
  app.run([&](pel::Partition p) { return KCore(graph.part(p)); }, pel::expected::kcore());
}
