// One launch of a job's ranks: mpirun or srun as a child, from its start until nothing of it is left on this host.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "launch/banner.hpp"
#include "launch/process.hpp"
#include "launch/retry.hpp"
#include "launch/run_directory.hpp"
#include "launch/signal_inbox.hpp"
#include "launch/watch.hpp"

namespace pel::launch {

// Signals that ask for a stop, over all launches of a job. The first of INT, TERM, HUP and USR1 asks the ranks for a
// checkpoint and a stop; a second one, unless it is USR1 again, ends them.
struct StopWish {
  int first = 0;  // the signal, 0: none
  bool now = false;
  void note(int signal);
};

struct LaunchSettings {
  RunDirectory run;
  std::filesystem::path checkpoints;
  int ranks = 1;
  int incarnation = 0;
  WatchLimits limits;
  bool by_srun = false;
  std::string step_name;
};

// Runs in the calling thread. After run() no process of the launch is left on this host.
class RunningLaunch {
 public:
  RunningLaunch(LaunchSettings settings, SignalInbox const& signals, StopWish& wish);

  // Throws: SystemError where the program cannot be started.
  [[nodiscard]] LaunchEnd run(Command const& command);

  [[nodiscard]] Finding const& finding() const noexcept { return finding_; }  // why it was killed
  [[nodiscard]] std::vector<store::Heartbeat> const& beats() const noexcept { return watch_.records(); }
  [[nodiscard]] double seconds_since_epoch() const;  // since the newest checkpoint, or the start

 private:
  void listen(double until);
  void pump();
  void pass(BannerFilter::Parts const& parts);
  void obey();
  void look();
  void look_at_end(double now);
  void kill_all(Finding const& finding);
  void kill_step() const;
  [[nodiscard]] bool ended();

  LaunchSettings settings_;
  SignalInbox const& signals_;
  StopWish& wish_;
  Child child_;
  BannerFilter filter_;
  std::string banners_;
  Watch watch_;
  Finding finding_;
  double began_, next_look_, next_epoch_look_, killed_after_usr2_ = 0, end_seen_ = 0, epoch_at_;
  Saved saved_;
  int status_ = 0;
  bool usr1_sent_ = false, usr2_wanted_ = false, term_sent_ = false, killed_ = false;
};

}  // namespace pel::launch
