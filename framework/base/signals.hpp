// What a job is asked from outside by signals. Handlers only set flags and write to an eventfd; what to do about it is
// for who looks. They must stand before MPI starts and until it has ended: a USR1 that mpirun forwards earlier or later
// would end the process.
//   USR1   finish the superstep, commit, stop
//   USR2   say at once where this rank is, commit at the superstep's end, go on
//   TERM   under srun and without a launcher: as USR1. Under mpirun, which sends SIGKILL a second later: flush the log.
// INT is left alone: a terminal sends it to the launcher too, which knows what to do.
#pragma once

#include <array>
#include <csignal>

namespace pel::base {

// Who started this process, by its environment.
enum class Launcher { none, mpirun, srun };
[[nodiscard]] Launcher launcher();

// 1. There is one at a time in a process, as handlers belong to the process.
// 2. All functions may be called from any thread.
class Signals {
 public:
  explicit Signals(Launcher launcher = base::launcher());  // Throws: SystemError; Misuse for a second one
  ~Signals();                                              // what handled the signals before does so again
  Signals(Signals const&) = delete;
  Signals& operator=(Signals const&) = delete;

  // The signal that asked for a stop with a checkpoint (SIGUSR1 or SIGTERM); 0: none did. Stays.
  [[nodiscard]] int stop_signal() const noexcept;
  [[nodiscard]] bool stop_requested() const noexcept { return stop_signal() != 0; }

  // Whether USR2 came since this was last asked: for the thread that says where the rank is. Several that came together
  // count as one.
  [[nodiscard]] bool take_report_request() noexcept;
  // The same for the superstep loop, which commits: each of the two sees each USR2.
  [[nodiscard]] bool take_checkpoint_request() noexcept;

  // Whether TERM came under mpirun: less than a second is left, to flush the log and then end_by_term(). Stays.
  [[nodiscard]] bool terminate_requested() const noexcept;

  // Ends this process as TERM would have without a handler, so that its launcher sees why.
  [[noreturn]] static void end_by_term() noexcept;

  // An eventfd (non-blocking) that each of the signals writes to: for a thread that waits, such as a Ticker.
  [[nodiscard]] int wake_descriptor() const noexcept;

 private:
  static constexpr std::array<int, 3> handled{SIGUSR1, SIGUSR2, SIGTERM};
  std::array<struct sigaction, handled.size()> before_{};
};

}  // namespace pel::base
