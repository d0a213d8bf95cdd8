// The heartbeats of all ranks as their watcher sees them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "store/heartbeat.hpp"

namespace pel::store {

// Judges by changes and by the watcher's own clock (base::monotonic_seconds(), passed in as `now`): clocks of hosts are
// never compared. Used from one thread.
class HeartbeatReader {
 public:
  // A watcher that was itself away for longer than this between two looks (a paused machine, a closed lid) has not
  // seen what changed meanwhile: all ages start anew.
  static constexpr double longest_gap = 2;

  // Of the launch `incarnation`, whose ranks write to `path`; what older launches left there counts as nothing.
  HeartbeatReader(std::filesystem::path path, int ranks, std::uint64_t incarnation);

  // Reads all records; to be called at least every second. A missing or short file is one in which some have not
  // written yet. Returns whether the file could be read.
  bool look(double now);

  // Of each rank; Heartbeat() for one that has not written in this launch.
  [[nodiscard]] std::vector<Heartbeat> const& records() const noexcept { return records_; }
  [[nodiscard]] int started() const noexcept;  // how many have written
  [[nodiscard]] bool all_ended() const noexcept;

  // The ranks, ascending, whose `alive` has stood still for more than `limit` seconds: stopped, lost or dead. A rank
  // that has not started or has ended is none of them.
  [[nodiscard]] std::vector<int> stale(double now, double limit) const;

  // Seconds since any rank last got anything done, counted from the first look.
  [[nodiscard]] double without_progress(double now) const noexcept { return now - progress_at_; }

  // The lowest superstep that a rank that has started is in; -1 if none.
  [[nodiscard]] std::int64_t superstep() const noexcept;

 private:
  [[nodiscard]] std::vector<Heartbeat> read(bool& readable) const;

  std::filesystem::path path_;
  std::uint64_t incarnation_;
  std::vector<Heartbeat> records_;
  std::vector<double> alive_at_;  // when each was last seen to move
  double progress_at_ = 0, looked_at_ = -1;
};

}  // namespace pel::store
