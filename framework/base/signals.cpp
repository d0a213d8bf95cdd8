#include "base/signals.hpp"

#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <system_error>

#include "pel/error.hpp"

namespace pel::base {
namespace {

// All that a handler may touch. A handler has no argument but the signal, so this has to be of the process.
struct Flags {
  std::atomic<bool> in_use{false};
  std::atomic<bool> term_stops{false};  // else TERM asks to flush
  std::atomic<int> stop_signal{0};
  std::atomic<bool> report{false}, checkpoint{false}, terminate{false};
  std::atomic<int> wake{-1};
};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);
Flags flags;

void handle(int signal) {
  int const before = errno;
  if (signal == SIGUSR2) {
    flags.report = true;
    flags.checkpoint = true;
  } else if (signal == SIGTERM && !flags.term_stops) {
    flags.terminate = true;
  } else {
    int none = 0;
    flags.stop_signal.compare_exchange_strong(none, signal);
  }
  std::uint64_t const one = 1;
  // It can fail only where the counter is full: then who waits is being woken already.
  [[maybe_unused]] auto const n = ::write(flags.wake, &one, sizeof one);
  errno = before;
}

bool is_set(char const* variable) {
  return std::getenv(variable) != nullptr;  // NOLINT(concurrency-mt-unsafe): before any thread
}

SystemError failed(char const* call) { return {call, errno, std::generic_category().message(errno)}; }

}  // namespace

Launcher launcher() {
  if (is_set("OMPI_COMM_WORLD_RANK")) return Launcher::mpirun;  // whose daemons srun may have started: first
  if (is_set("SLURM_PROCID") || is_set("PMIX_RANK")) return Launcher::srun;
  return Launcher::none;
}

Signals::Signals(Launcher launcher) {
  if (flags.in_use.exchange(true)) throw Misuse("a process can have one base::Signals");
  int const descriptor = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (descriptor < 0) {
    flags.in_use = false;
    throw failed("eventfd");
  }
  flags.wake = descriptor;
  flags.term_stops = launcher != Launcher::mpirun;
  flags.stop_signal = 0;
  flags.report = flags.checkpoint = flags.terminate = false;

  struct sigaction action {};
  action.sa_handler = handle;
  action.sa_flags = SA_RESTART;  // nobody else has to know that a signal came
  sigemptyset(&action.sa_mask);
  // It fails only for a signal that there is not.
  for (std::size_t i = 0; i < handled.size(); ++i)
    if (::sigaction(handled[i], &action, &before_[i]) != 0) throw failed("sigaction");
}

Signals::~Signals() {
  for (std::size_t i = 0; i < handled.size(); ++i) ::sigaction(handled[i], &before_[i], nullptr);
  ::close(flags.wake.exchange(-1));
  flags.in_use = false;
}

int Signals::stop_signal() const noexcept { return flags.stop_signal; }
bool Signals::take_report_request() noexcept { return flags.report.exchange(false); }
bool Signals::take_checkpoint_request() noexcept { return flags.checkpoint.exchange(false); }
bool Signals::terminate_requested() const noexcept { return flags.terminate; }
int Signals::wake_descriptor() const noexcept { return flags.wake; }

namespace {

// Waits until what was written to a pipe has been read, for half of the second that mpirun leaves: it drops what it has
// not read when its last process ends.
void let_be_read(int descriptor) noexcept {
  constexpr int times = 50;
  constexpr timespec pause{0, 10'000'000};
  for (int i = 0, waiting = 0; i < times; ++i) {
    if (::ioctl(descriptor, FIONREAD, &waiting) != 0 || waiting == 0) return;
    ::nanosleep(&pause, nullptr);
  }
}

}  // namespace

void Signals::end_by_term() noexcept {
  let_be_read(STDERR_FILENO);
  std::signal(SIGTERM, SIG_DFL);
  sigset_t term;
  sigemptyset(&term);
  sigaddset(&term, SIGTERM);
  pthread_sigmask(SIG_UNBLOCK, &term, nullptr);  // the thread that calls may take no signals
  std::raise(SIGTERM);
  _exit(128 + SIGTERM);
}

}  // namespace pel::base
