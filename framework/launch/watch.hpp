// Judges the ranks' heartbeats: finds the rank that was stopped or lost, and the job that no longer gets anywhere.
// Time comes in from outside and is that of one clock, the launcher's own.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <vector>

#include "store/heartbeat.hpp"
#include "store/heartbeat_reader.hpp"

namespace pel::launch {

// What the system knows of a rank's process: that it is stopped, that it is not, or nothing (another host).
enum class ProcessState { unknown, stopped, going };

struct WatchLimits {
  double silent_seconds = 3;        // without a heartbeat, where nothing else is known; see silent_limits()
  double silent_here_seconds = 10;  // where the process is seen, and not stopped: only its thread was late
  double start_seconds = 60;        // at least, for ranks that have not started
  double stall_seconds = 300;       // all alive and no progress: a hang, but never before
  double stall_supersteps = 20;     // so many times the median superstep
};

// The limits for ranks that are silent: `asked` seconds, or for -1 what suits the file system of the run directory. One
// of the network may show what other hosts write 15 s later.
[[nodiscard]] WatchLimits silent_limits(double asked, bool network_file_system);

struct Finding {
  enum class What { fine, stopped, silent, hung };
  What what = What::fine;
  int rank = -1;
  double seconds = 0;  // without a sign, or without progress
};

class Watch {
 public:
  // Of one launch, whose ranks write to `path`: beats of others are not looked at.
  Watch(std::filesystem::path const& path, int ranks, std::uint64_t incarnation, WatchLimits const& limits);

  // Called a few times a second. A stop must be seen twice in a row. After a gap, in which the launcher itself was
  // stopped, all ages start anew.
  [[nodiscard]] Finding look(double now, std::function<ProcessState(store::Heartbeat const&)> const& state_of);

  [[nodiscard]] bool started() const noexcept { return reader_.started() > 0; }
  [[nodiscard]] bool all_started() const noexcept { return reader_.started() == ranks_; }
  [[nodiscard]] bool all_ended() const noexcept { return reader_.all_ended(); }
  [[nodiscard]] std::int64_t superstep() const noexcept { return superstep_; }  // the furthest rank's
  [[nodiscard]] double stall_limit() const;
  [[nodiscard]] std::vector<store::Heartbeat> const& records() const noexcept { return reader_.records(); }

 private:
  [[nodiscard]] Finding stopped(double now, std::vector<ProcessState> const& states);
  [[nodiscard]] Finding silent(double now, std::vector<ProcessState> const& states) const;
  void note_superstep(double now);
  [[nodiscard]] bool waits_for_disks() const;
  [[nodiscard]] double patience() const;

  store::HeartbeatReader reader_;
  int ranks_;
  WatchLimits limits_;
  std::vector<int> stops_;  // of each rank: looks in a row that found it stopped
  std::int64_t superstep_ = -1;
  double superstep_began_ = 0;
  std::deque<double> durations_;
};

}  // namespace pel::launch
