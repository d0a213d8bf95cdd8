// When to write a checkpoint: by what one costs, by how often the job has failed, and in time before it is cut off.
//
// What an epoch costs the run is delta = the seconds it blocks the superstep loop + those by which its writing slows
// down the supersteps beside it; it protects only when it is durable, w seconds after its snapshot. Both are measured
// and smoothed. Failures are expected every M = (uptime + M0) / (failures + 1) seconds, M0 = 24 h / nodes: a guess that
// experience replaces. The best interval is then Daly's (Future Generation Computer Systems 22, 2006):
//   tau = sqrt(2 delta M) * (1 + sqrt(delta / 2M) / 3 + (delta / 2M) / 9) - delta   where delta < 2M, else M
// and at least 2w, and a second. Example: delta 0.6 s, M 24 h: tau 322 s.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include "engine/checkpoint_every.hpp"

namespace pel::engine {

// Seconds between checkpoints that lose least, if one costs `delta` seconds and failures come every `mtbf` seconds.
[[nodiscard]] double daly_interval(double delta, double mtbf);

// Of the whole job, all its launches before this one.
struct FailureHistory {
  double uptime_seconds = 0;
  int failures = 0;
  int nodes = 1;
};

// What was chosen and why; seconds, and fractions of the running time. 0 where it is not known or means nothing.
struct IntervalChoice {
  double delta = 0, durable = 0, mtbf = 0, tau = 0;
  double interval = 0;            // between snapshots
  double overhead_predicted = 0;  // delta / interval
  double overhead_real = 0;       // all that checkpoints have cost / time since the start
};

// "every 88.0 s: costs 0.045 s, durable after 0.600 s, a failure every 24.0 h is assumed; overhead 0.05 % predicted,
// 0.06 % real".
[[nodiscard]] std::string describe(IntervalChoice const& choice);

// Holds no clock: `now` is any clock that never goes back, in seconds. Used on the rank that decides for all, from one
// thread.
class Interval {
 public:
  static constexpr double first_seconds = 60;  // the first epoch of a launch is not later than that, if automatic
  static constexpr double deadline_margin = 10;

  // `deadline`: when the job will be cut off, on the same clock; infinity: never.
  Interval(CheckpointEvery every, FailureHistory history, double now,
           double deadline = std::numeric_limits<double>::infinity());

  // What happens. An estimate counts until the first epoch was measured; it need not be given.
  void expect(double blocked_seconds, double durable_seconds);
  // A superstep took `seconds`, without what a checkpoint blocked.
  void superstep_took(double seconds);
  // The snapshot after `superstep` was taken, by whatever reason, and blocked the loop for `blocked_seconds`.
  void begun(double now, std::int64_t superstep, double blocked_seconds);
  // The oldest epoch begun is committed, `seconds` after its snapshot began.
  void committed(double seconds);
  // The oldest epoch begun was dropped by an error. With each in a row the next attempt is twice as far.
  void failed(double now);
  // One was due but not begun, as all buffers were busy.
  void skipped(double now);

  // Whether to write one now that `superstep` (counted from 0) has ended. By supersteps: after each N of them, without
  // any clock; after k failures in a row 2^(k-1) - 1 of those times are left out. Example: N = 4 is after supersteps 3,
  // 7, 11; the epoch of 3 fails: 7; that of 7 fails: not 11, but 15.
  [[nodiscard]] bool due(double now, std::int64_t superstep) const;

  // Whether to commit and stop, as another superstep and its epoch may not end in time: now + longest of the last 5
  // supersteps + 2w + deadline_margin is after the deadline. Also where checkpoints are off.
  [[nodiscard]] bool deadline_near(double now) const;

  [[nodiscard]] IntervalChoice choice(double now) const;

 private:
  static constexpr std::size_t remembered = 5;

  [[nodiscard]] double mtbf(double now) const;
  [[nodiscard]] double chosen(double now) const;
  [[nodiscard]] double longest_superstep() const;
  [[nodiscard]] std::int64_t times(std::int64_t superstep) const { return (superstep + 1) / every_.supersteps; }
  void end_one();

  CheckpointEvery every_;
  FailureHistory history_;
  double start_, deadline_;

  bool estimated_ = false, measured_ = false;
  double delta_ = 0, durable_ = 0;     // smoothed
  double blocked_ = 0, slowdown_ = 0;  // of the oldest epoch that is being written
  double spent_ = 0;                   // by all epochs so far
  int writing_ = 0;                    // epochs begun and not ended
  bool begun_one_ = false;             // in this launch
  double last_begun_;                  // when
  std::int64_t last_superstep_ = -1;   // after which
  int failures_in_a_row_ = 0;
  bool again_ = false;                 // one was due that is not on disk
  double not_before_;                  // by time: no attempt earlier
  std::int64_t not_before_times_ = 0;  // by supersteps: no attempt at an earlier multiple
  double usual_superstep_ = 0;         // smoothed, while nothing is being written
  bool seen_superstep_ = false;
  std::array<double, remembered> last_supersteps_{};
  std::size_t supersteps_ = 0;
};

}  // namespace pel::engine
