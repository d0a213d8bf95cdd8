// PageRank by power iteration: PR_0 = 1/n; PR_{i+1}(v) = (1 - d)/n + d (sum over u -> v of PR_i(u) / out(u) + the rank
// of vertices without out-arcs / n); exactly `iterations` rounds, as LDBC Graphalytics defines it, so that it sums
// to 1.
#pragma once

#include <pel/pel.hpp>

class PageRank {
 public:
  using Ranked = std::pair<double, std::string>;
  using Message = pel::NoMessage;
  using Aggregate =
      pel::Both<pel::Sum<double>, pel::Top<10, Ranked>>;  // rank of vertices without out-arcs; the leaders

  PageRank(pel::GraphPart graph, std::uint32_t iterations, double damping)
      : graph_(std::move(graph)),
        iterations_(iterations),
        damping_(damping),
        n_(static_cast<double>(graph_.total())),
        rank_(graph_.size(), 1 / n_) {}

  pel::Vote superstep(pel::Superstep<PageRank>& step) {
    if (step.number() > 0) gather(step.aggregate().first.value);
    if (step.number() == iterations_) {
      step.contribute({{}, leaders()});
      return pel::Vote::halt;
    }
    double dangling = 0;
    for (auto const v : graph_.vertices()) {
      auto const degree = graph_.out_degree(v);
      if (degree == 0) dangling += rank_[v];
      share_.set(v, degree == 0 ? 0 : rank_[v] / degree);
    }
    step.contribute({{dangling}, {}});
    step.publish(share_);
    return pel::Vote::go_on;
  }

  void serialize(auto& archive, unsigned) { pel::fields(archive, "share", share_); }  // rank_ is remade from it

  void write(pel::Output& out) const {
    graph_.write_vertices(out);
    out.column("rank", rank_);
  }

 private:
  void gather(double dangling) {
    double const base = (1 - damping_) / n_ + damping_ * dangling / n_;
    for (auto const v : graph_.vertices()) rank_[v] = base + damping_ * graph_.sum_in(v, share_);
  }

  [[nodiscard]] pel::Top<10, Ranked> leaders() const {
    pel::Top<10, Ranked> top;
    for (auto const v : graph_.vertices())
      if (top.value.size() < 10 || rank_[v] >= top.value.back().first) top.add({rank_[v], graph_.label(v)});
    return top;
  }

  pel::GraphPart graph_;
  std::uint32_t iterations_;
  double damping_, n_;
  std::vector<double> rank_;
  pel::Halo<double> share_{graph_.halo<double>()};
};

// The app, but for main().
inline void pagerank(pel::Job& job) {
  job.describe("PageRank of a graph: by default of the Debian packages and what they depend on.");
  pel::GraphApp app(job, {.ldbc = "pr", .iterations = 30, .damping = 0.85});
  auto const graph = app.load();
  auto const make = [&](pel::Partition p) { return PageRank(graph.part(p), app.iterations(), app.damping()); };
  auto const last = app.run(make, pel::expected::pagerank(app.iterations(), app.damping()));
  for (auto const& [rank, vertex] : last.second.value) job.say(vertex + " " + std::to_string(rank));
}
