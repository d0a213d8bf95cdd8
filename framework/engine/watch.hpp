// What watches a run from inside: signals and requests to stop, the deadline, the sign of life, the status file.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/log.hpp"
#include "base/signals.hpp"
#include "base/ticker.hpp"
#include "store/halt_request.hpp"
#include "store/heartbeat.hpp"
#include "store/reserved_file.hpp"
#include "store/run_status.hpp"

namespace pel::engine {

// One a rank, for the whole job. Questions are cheap enough to be asked between partitions. What may have to wait for a
// disk, the status and the look for a request to stop, has a thread of its own: the sign of life does not wait for it.
class Watch {
 public:
  // Before MPI starts: the handlers of signals.
  explicit Watch(base::Signals& signals) : signals_(signals) {}
  ~Watch();

  // When the ranks are known. `directory` is that of the run, empty for none; `incarnation` the launch's, as its
  // launcher says, or 0. The log says where the run is once in `quiet_seconds`, six times as long apart after the first
  // twelve lines. Throws: WriteFailed where the directory cannot be written.
  void open(std::filesystem::path directory, int rank, int ranks, int incarnation, base::Log log, double stop_grace,
            double quiet_seconds = 10);

  // Where the run is, for the heartbeat.
  void enter(store::Phase phase) noexcept;
  // `doing`: what it does, where supersteps of one run do different things; else empty.
  void begin_superstep(std::int64_t superstep, std::size_t partitions, std::string const& doing = "");
  void partition_done() noexcept;
  void advance() noexcept;  // anything else got done; from any thread

  // Whether this rank was told to stop: by a signal, on rank 0 also by a request or the deadline.
  [[nodiscard]] bool stop_wanted(std::int64_t superstep, double now) const;
  // Whether a checkpoint was asked for since the last call.
  [[nodiscard]] bool take_checkpoint_wish() noexcept { return signals_.take_checkpoint_request(); }
  // Whether the superstep that runs must be broken off: it was to end, and did not in time.
  [[nodiscard]] bool out_of_time() const noexcept;
  // When the wall-clock limit comes, on base::monotonic_seconds(); infinity if there is none.
  [[nodiscard]] double deadline() const noexcept { return deadline_; }

  // What status.json says; written about once a second, and at once when it is an outcome, a checkpoint, or the first
  // superstep. Rank 0; elsewhere nothing. Its space is taken at the start, so that a full disk hides no outcome. A
  // status that cannot be written is a warning: observing never fails a job. Once a later launch has written its own,
  // this one writes no more: a cut-off host's ranks live on, and may reach the files of the run.
  void note_superstep(std::int64_t superstep);
  void note_checkpoint(std::int64_t superstep);
  void note_resumed(std::int64_t superstep);
  void note_digest(std::string const& digest);
  void note_outcome(store::RunState state, int exit_code, std::string const& error);

  [[nodiscard]] std::filesystem::path const& directory() const noexcept { return directory_; }

 private:
  void tick(store::Heartbeat const& where);
  void tell_progress();
  [[nodiscard]] std::string doing() const;
  void serve_files();
  void look_for_halt();
  void reserve_status();
  void write_status(bool durable);
  [[nodiscard]] bool overtaken() const;

  base::Signals& signals_;
  std::filesystem::path directory_;
  base::Log log_;
  int rank_ = 0;
  double opened_ = 0, stop_grace_ = 0;
  double quiet_seconds_ = 0, told_ = 0;  // when the log last said where the run is
  int times_told_ = 0;
  double deadline_ = std::numeric_limits<double>::infinity();
  std::atomic<double> stop_seen_{-1};  // when this rank first saw that it is to stop
  std::mutex writing_;                 // the status file
  mutable std::mutex mutex_;           // of the four below
  std::string doing_;                  // what superstep doing_of_ does
  std::int64_t doing_of_ = -1;
  std::optional<store::HaltRequest> halt_;
  store::RunStatus status_;
  bool status_warned_ = false, status_begun_ = false, superstep_noted_ = false;
  std::atomic<bool> status_changed_{false};
  std::unique_ptr<store::ReservedFile> status_file_;
  std::unique_ptr<store::HeartbeatWriter> heartbeat_;  // its thread calls tick()
  std::unique_ptr<base::Ticker> progress_;             // its thread calls tell_progress()
  std::unique_ptr<base::Ticker> files_;                // its thread calls serve_files()
};

}  // namespace pel::engine
