// Single-source shortest paths: the least sum of weights along arcs from a source, as LDBC Graphalytics defines it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <pel/pel.hpp>
#include <utility>
#include <vector>

inline constexpr pel::GraphNeeds sssp_needs{
    .in = true, .out = true, .weights = true, .order = pel::RowOrder::by_weight};

// What partitions tell each other.
struct SsspProgress {
  static constexpr auto infinity = std::numeric_limits<double>::infinity();
  double least = infinity;       // of the distances from which arcs have not been followed
  std::uint64_t heavy_arcs = 0;  // of what the open bucket has settled
  std::uint64_t open_arcs = 0;   // into what no bucket has settled
  double weights = 0;            // sum of a sample
  std::uint64_t sampled = 0;
  SsspProgress& operator+=(SsspProgress const& other) noexcept {
    least = std::min(least, other.least);
    heavy_arcs += other.heavy_arcs;
    open_arcs += other.open_arcs;
    weights += other.weights;
    sampled += other.sampled;
    return *this;
  }
  void serialize(auto& archive, unsigned) {
    pel::fields(archive, "least", least, "heavy_arcs", heavy_arcs, "open_arcs", open_arcs, "weights", weights,
                "sampled", sampled);
  }
};

// Delta-stepping (Meyer, Sanders, "Delta-stepping: a parallelizable shortest path algorithm", 2003). A bucket [low, low
// + delta) opens at the least distance that is pending. Light arcs, lighter than delta, are followed until nothing more
// falls into the bucket, a round a superstep; heavy arcs once, when it closes: pushed by the vertices it settled, or
// pulled by all that are not settled, whichever are fewer. In whatever order arcs are followed, distances end as the
// least rounded sums, as rounded addition is monotone: so which way was taken is nobody's business but the clock's.
// Invariants: 1. from all that lies below low_ all arcs have been followed; 2. who lies in [low_, ∞) is pending, and
// after a restart nothing else is known.
class Sssp {
 public:
  using Message = pel::NoMessage;
  using Aggregate = SsspProgress;

  Sssp(pel::GraphPart graph, std::uint64_t source)
      : graph_(std::move(graph)), source_(source), waits_(graph_.size()), settled_in_(graph_.size()) {
    for (auto const v : graph_.vertices()) open_arcs_ += graph_.in(v).size();
  }

  pel::Vote superstep(pel::Superstep<Sssp>& step) {
    now_ = {};
    collect();
    switch (next_phase(step.aggregate())) {
      case Phase::start:
        if (step.number() == 0) lower_source();
        sample_weights();
        break;
      case Phase::light:
        follow_light_arcs();
        break;
      case Phase::push:
        push_heavy_arcs();
        break;
      case Phase::pull:
        pull_heavy_arcs();
        break;
      case Phase::over:
        return pel::Vote::halt;
    }
    now_.least = std::min(now_.least, least_waiting_);
    now_.open_arcs = open_arcs_;
    step.contribute(now_);
    step.publish(distance_);
    return pel::Vote::go_on;
  }

  void serialize(auto& archive, unsigned) { pel::fields(archive, "distance", distance_, "low", low_); }

  void write(pel::Output& out) const {
    std::vector<double> distances;
    for (auto const v : graph_.vertices()) distances.push_back(distance_[graph_.slot(v)]);
    graph_.write_vertices(out);
    out.column("distance", distances);
  }

 private:
  static constexpr auto infinity = SsspProgress::infinity;
  enum class Phase { start, light, push, pull, over };

  // What all partitions do next, by what all know.
  Phase next_phase(SsspProgress const& all) {
    if (!begun_) {
      begun_ = true;
      return phase_ = Phase::start;
    }
    if (phase_ == Phase::start) {
      set_delta(all);
    } else if (phase_ == Phase::light) {
      if (all.least < high_) return phase_;
      if (all.heavy_arcs > 0) return phase_ = all.open_arcs < all.heavy_arcs ? Phase::pull : Phase::push;
    }
    if (all.least == infinity) return phase_ = Phase::over;
    open_bucket(all);
    return phase_ = Phase::light;
  }

  void set_delta(SsspProgress const& all) {
    auto const arcs = static_cast<double>(graph_.arcs_total()), n = static_cast<double>(graph_.total());
    auto const mean = all.sampled == 0 ? 0 : all.weights / static_cast<double>(all.sampled);
    delta_ = arcs == 0 ? 0 : 4 * mean * n / arcs;
    if (!(delta_ > 0)) delta_ = infinity;
  }

  void open_bucket(SsspProgress const& all) {
    low_ = all.least;
    if (all.open_arcs < graph_.arcs_total() / 32) delta_ = infinity;  // little is left: one bucket
    high_ = low_ + delta_;
    if (!(high_ > low_)) high_ = std::nextafter(low_, infinity);
    ++bucket_;
    settled_.clear();
    heavy_arcs_ = 0;
    least_waiting_ = infinity;
    std::size_t kept = 0;
    for (auto const v : waiting_) {
      auto const d = distance_[graph_.slot(v)];
      waits_[v] = d >= high_;
      if (d >= high_) {
        least_waiting_ = std::min(least_waiting_, d);
        waiting_[kept++] = v;
      } else if (d >= low_) {
        near_.push_back(v);
      }
    }
    waiting_.resize(kept);
  }

  // Sorts what fell in the superstep before into the open bucket, or among those that wait for theirs.
  void collect() {
    near_.clear();
    auto const high = phase_ == Phase::light ? high_ : low_;
    distance_.for_each_changed([&](std::uint32_t v) {
      auto const d = distance_.own(v);
      if (d < high) {
        near_.push_back(v);
        return;
      }
      least_waiting_ = std::min(least_waiting_, d);
      if (waits_[v] == 0) waiting_.push_back(v);
      waits_[v] = 1;
    });
  }

  void lower_source() {
    for (auto const v : graph_.vertices())
      if (graph_.id(v) == source_) lower(graph_.slot(v), 0);
  }
  void lower(std::uint32_t slot, double distance) {
    if (distance_.lower(slot, distance)) now_.least = std::min(now_.least, distance);
  }

  void sample_weights() {
    for (std::uint32_t v = 0; v < graph_.size(); v += graph_.size() / 64 + 1) {
      auto const weights = graph_.out_weights(v);
      if (weights.empty()) continue;
      now_.weights += weights[weights.size() / 2];  // they ascend
      ++now_.sampled;
    }
  }

  void follow_light_arcs() {
    for (auto const v : near_) {
      auto const d = distance_.own(v);
      auto const row = graph_.out(v);
      auto const weights = graph_.out_weights(v);
      std::size_t i = 0;
      for (; i < row.size() && weights[i] < delta_; ++i) lower(row[i], d + weights[i]);
      if (settled_in_[v] == bucket_) continue;
      if (settled_in_[v] == 0) open_arcs_ -= graph_.in(v).size();
      settled_in_[v] = bucket_;
      settled_.push_back(v);
      heavy_arcs_ += row.size() - i;
    }
    now_.heavy_arcs = heavy_arcs_;
  }

  void push_heavy_arcs() {
    for (auto const v : settled_) {
      auto const d = distance_.own(v);
      auto const row = graph_.out(v);
      auto const weights = graph_.out_weights(v);
      auto const first = std::lower_bound(weights.begin(), weights.end(), delta_) - weights.begin();
      for (auto i = static_cast<std::size_t>(first); i < row.size(); ++i) lower(row[i], d + weights[i]);
    }
  }

  // An arc from what is settled adds its weight to at least low_: a row is left once that cannot be less.
  void pull_heavy_arcs() {
    for (auto const v : graph_.vertices()) {
      auto least = distance_.own(v);
      if (least < high_) continue;
      auto const row = graph_.in(v);
      auto const weights = graph_.in_weights(v);
      for (std::size_t i = 0; i < row.size() && low_ + weights[i] < least; ++i)
        least = std::min(least, distance_[row[i]] + weights[i]);
      if (distance_.lower_own(v, least)) now_.least = std::min(now_.least, least);
    }
  }

  pel::GraphPart graph_;
  std::uint64_t source_;
  pel::Least<double> distance_{graph_.least<double>(infinity)};
  double low_ = 0, high_ = 0, delta_ = 0;
  bool begun_ = false;
  Phase phase_ = Phase::start;
  SsspProgress now_;
  std::vector<std::uint32_t> near_;        // in the open bucket, fell in the superstep before
  std::vector<std::uint32_t> waiting_;     // reached, not yet in a bucket; some have been lowered into one since
  std::vector<std::uint8_t> waits_;        // by vertex: whether it is in waiting_
  std::vector<std::uint32_t> settled_;     // by the open bucket
  std::vector<std::uint32_t> settled_in_;  // by vertex: the number of that bucket, or 0
  std::uint32_t bucket_ = 0;
  std::uint64_t heavy_arcs_ = 0, open_arcs_ = 0;
  double least_waiting_ = infinity;
};

// The app, but for main().
inline void sssp(pel::Job& job) {
  job.describe("The least sum of weights from a source along arcs.");
  pel::GraphApp app(job, {.ldbc = "sssp", .source = true});
  auto const graph = app.load(sssp_needs);
  app.run([&](pel::Partition p) { return Sssp(graph.part(p), app.source()); }, pel::expected::sssp(app.source()));
}
