#include "base/signals.hpp"

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "pel/error.hpp"

using pel::base::Launcher;
using pel::base::Signals;

namespace {

// Takes what launchers say from the environment, and gives it back.
class CleanEnvironment {
 public:
  CleanEnvironment() {
    for (auto const* name : {"OMPI_COMM_WORLD_RANK", "SLURM_PROCID", "PMIX_RANK"}) {
      if (auto const* const value = std::getenv(name)) before_.emplace_back(name, value);
      unsetenv(name);
    }
  }
  ~CleanEnvironment() {
    for (auto const* name : {"OMPI_COMM_WORLD_RANK", "SLURM_PROCID", "PMIX_RANK"}) unsetenv(name);
    for (auto const& [name, value] : before_) setenv(name.c_str(), value.c_str(), 1);
  }
  CleanEnvironment(CleanEnvironment const&) = delete;
  CleanEnvironment& operator=(CleanEnvironment const&) = delete;

 private:
  std::vector<std::pair<std::string, std::string>> before_;
};

bool woken(Signals const& signals) {
  pollfd descriptor{signals.wake_descriptor(), POLLIN, 0};
  return poll(&descriptor, 1, 0) == 1 && (descriptor.revents & POLLIN) != 0;
}

void count_usr1(int) { errno = 0; }

}  // namespace

TEST_CASE("who started this process is in its environment; mpirun inside of srun is mpirun") {
  CleanEnvironment const clean;
  CHECK(pel::base::launcher() == Launcher::none);
  setenv("PMIX_RANK", "0", 1);
  CHECK(pel::base::launcher() == Launcher::srun);
  setenv("SLURM_PROCID", "0", 1);
  CHECK(pel::base::launcher() == Launcher::srun);
  setenv("OMPI_COMM_WORLD_RANK", "0", 1);
  CHECK(pel::base::launcher() == Launcher::mpirun);
}

TEST_CASE("without a signal nothing is asked") {
  Signals signals(Launcher::none);

  CHECK_FALSE(signals.stop_requested());
  CHECK_FALSE(signals.take_report_request());
  CHECK_FALSE(signals.take_checkpoint_request());
  CHECK_FALSE(signals.terminate_requested());
  CHECK_FALSE(woken(signals));
}

TEST_CASE("USR1 asks for a stop, and keeps asking") {
  Signals signals(Launcher::mpirun);
  raise(SIGUSR1);

  CHECK(signals.stop_requested());
  CHECK(signals.stop_signal() == SIGUSR1);
  CHECK(signals.stop_requested());
  CHECK(woken(signals));
  CHECK_FALSE(signals.take_report_request());
  CHECK_FALSE(signals.take_checkpoint_request());
}

TEST_CASE("USR2 is seen once by the thread that reports and once by the loop that commits") {
  Signals signals(Launcher::none);
  raise(SIGUSR2);

  CHECK(woken(signals));
  CHECK(signals.take_report_request());
  CHECK_FALSE(signals.take_report_request());
  CHECK(signals.take_checkpoint_request());
  CHECK_FALSE(signals.take_checkpoint_request());
  CHECK_FALSE(signals.stop_requested());
}

TEST_CASE("TERM is a stop under srun and alone, and the end under mpirun") {
  for (auto const launcher : {Launcher::none, Launcher::srun}) {
    Signals const signals(launcher);
    raise(SIGTERM);
    CHECK(signals.stop_signal() == SIGTERM);
    CHECK_FALSE(signals.terminate_requested());
  }
  Signals const signals(Launcher::mpirun);
  CHECK_FALSE(signals.stop_requested());
  raise(SIGTERM);
  CHECK(signals.terminate_requested());
  CHECK_FALSE(signals.stop_requested());
  CHECK(woken(signals));
}

TEST_CASE("the first signal that asked for a stop is the one that is named") {
  Signals const signals(Launcher::srun);
  raise(SIGTERM);
  raise(SIGUSR1);

  CHECK(signals.stop_signal() == SIGTERM);
}

TEST_CASE("many signals in many threads lose nothing and break no system call") {
  Signals signals(Launcher::none);
  std::atomic<bool> ending{false};
  std::thread sender([&] {
    while (!ending) kill(getpid(), SIGUSR2);
  });

  for (int i = 0; i < 1000; ++i) {
    errno = 12345;
    raise(SIGUSR2);
    CHECK(errno == 12345);
    CHECK(signals.take_report_request());
  }
  ending = true;
  sender.join();
}

TEST_CASE("what handled the signals before does so again; INT never changes hands") {
  struct sigaction before {};
  before.sa_handler = count_usr1;
  sigaction(SIGUSR1, &before, nullptr);
  struct sigaction seen {};
  sigaction(SIGINT, nullptr, &seen);
  auto* const handler_of_int = seen.sa_handler;
  {
    Signals const signals(Launcher::none);
    sigaction(SIGUSR1, nullptr, &seen);
    CHECK_FALSE(bool(seen.sa_handler == count_usr1));
    CHECK((seen.sa_flags & SA_RESTART) != 0);
    sigaction(SIGINT, nullptr, &seen);
    CHECK(bool(seen.sa_handler == handler_of_int));
  }
  sigaction(SIGUSR1, nullptr, &seen);
  CHECK(bool(seen.sa_handler == count_usr1));
  std::signal(SIGUSR1, SIG_DFL);
}

TEST_CASE("there is one at a time, and the next begins anew") {
  {
    Signals const first(Launcher::none);
    raise(SIGUSR1);
    CHECK_THROWS_AS(Signals(Launcher::none), pel::Misuse);
    CHECK(first.stop_requested());
  }
  Signals const second(Launcher::none);
  CHECK_FALSE(second.stop_requested());
}

TEST_CASE("a process that ends by TERM shows its launcher so, even from a thread without signals") {
  auto const child = fork();
  if (child == 0) {
    Signals const signals(Launcher::mpirun);
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, nullptr);
    Signals::end_by_term();
  }
  int status = 0;
  waitpid(child, &status, 0);

  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGTERM);
}
