// PageRank by power iteration: PR_0 = 1/n; PR_{i+1}(v) = (1 - d)/n + d (sum over u -> v of PR_i(u) / out(u) + the rank
// of vertices without out-arcs / n); exactly `iterations` rounds, as LDBC Graphalytics defines it, so that it sums
// to 1.
#pragma once

#include <pel/pel.hpp>

inline constexpr pel::GraphNeeds pagerank_needs{.in = true, .order = pel::RowOrder::by_g};

class PageRank {
 public:
  using Message = pel::NoMessage;
  using Leaders = pel::Top<10, std::pair<double, std::string>>;
  using Aggregate = pel::Both<pel::Sum<double>, Leaders>;  // the first: rank of vertices without out-arcs

  PageRank(pel::GraphPart graph, std::uint32_t iterations, double damping)
      : graph_(std::move(graph)), iterations_(iterations), damping_(damping) {
    for (auto const v : graph_.vertices()) part_.push_back(graph_.out_degree(v) > 0 ? 1.0 / graph_.out_degree(v) : 0);
  }

  pel::Vote superstep(pel::Superstep<PageRank>& step) {
    auto const n = static_cast<double>(graph_.total());
    auto const base = (1 - damping_) / n + damping_ * step.aggregate().first.value / n;
    bool const first = step.number() == 0, last = step.number() == iterations_;
    if (last) rank_.resize(graph_.size());
    Aggregate sums;
    for (auto const v : graph_.vertices()) {
      auto const rank = first ? 1 / n : base + damping_ * graph_.sum_in(v, share_);
      if (part_[v] == 0) sums.first.value += rank;
      share_.set(v, rank * part_[v]);
      if (last) rank_[v] = rank;
    }
    if (last) {
      for (auto const v : graph_.vertices())
        if (sums.second.value.size() < 10 || rank_[v] >= sums.second.value.back().first)
          sums.second.add({rank_[v], graph_.label(v)});
      step.contribute(sums);
      return pel::Vote::halt;
    }
    step.contribute(sums);
    step.publish(share_);
    return pel::Vote::go_on;
  }

  void serialize(auto& archive, unsigned) { pel::fields(archive, "share", share_); }  // from which all else is remade

  void write(pel::Output& out) const {
    graph_.write_vertices(out);
    out.column("rank", rank_);
  }

 private:
  pel::GraphPart graph_;
  std::uint32_t iterations_;
  double damping_;
  std::vector<double> rank_, part_;  // of a vertex at the end, and what each out-arc gets of it: 1 / out-degree, or 0
  pel::Halo<double> share_{graph_.halo<double>()};
};

// The app, but for main().
inline void pagerank(pel::Job& job) {
  job.describe("PageRank of a graph: by default of the Debian packages and what they depend on.");
  pel::GraphApp app(job, {.ldbc = "pr", .iterations = 30, .damping = 0.85});
  auto const graph = app.load(pagerank_needs);
  auto const make = [&](pel::Partition p) { return PageRank(graph.part(p), app.iterations(), app.damping()); };
  auto const last = app.run(make, pel::expected::pagerank(app.iterations(), app.damping()));
  for (auto const& [rank, vertex] : last.second.value) job.say(vertex + " " + std::to_string(rank));
}
