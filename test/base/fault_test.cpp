#include "base/fault.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "base/machine.hpp"
#include "pel/error.hpp"

using pel::base::Fault;

namespace {

// Whether the fault throws there.
bool strikes(Fault const& fault, char const* point, int rank, std::int64_t superstep = -1,
             std::int64_t partition = -1) {
  try {
    fault.reach(point, rank, superstep, partition);
  } catch (std::runtime_error const& error) {
    CHECK(error.what() == std::string("injected fault at ") + point);
    return true;
  }
  return false;
}

// How a process ends that reaches the point: the status of wait().
int ending(std::string const& text) {
  auto const child = fork();
  if (child == 0) {
    std::signal(SIGSEGV, SIG_DFL);  // the test's own handlers would tell of a crash
    std::signal(SIGABRT, SIG_DFL);
    Fault(text).reach("superstep", 0);
    _exit(3);
  }
  int status = 0;
  waitpid(child, &status, WUNTRACED);
  if (WIFSTOPPED(status)) {
    kill(child, SIGKILL);
    int ignored = 0;
    waitpid(child, &ignored, 0);
  }
  return status;
}

}  // namespace

TEST_CASE("without a text there is no fault") {
  CHECK_FALSE(strikes(Fault(""), "superstep", 0, 7, 3));
  CHECK_FALSE(strikes(Fault(""), "", 0));
}

TEST_CASE("a fault strikes at its point, whatever rank, superstep and partition are not given") {
  Fault const fault("point=superstep,action=throw");

  CHECK(strikes(fault, "superstep", 0));
  CHECK(strikes(fault, "superstep", 5, 7, 3));
  CHECK_FALSE(strikes(fault, "save", 0));
}

TEST_CASE("a fault strikes only at the rank, superstep and partition it names") {
  Fault const fault("rank=1,superstep=7,partition=3,action=throw,point=superstep");

  CHECK(strikes(fault, "superstep", 1, 7, 3));
  CHECK_FALSE(strikes(fault, "superstep", 0, 7, 3));
  CHECK_FALSE(strikes(fault, "superstep", 1, 6, 3));
  CHECK_FALSE(strikes(fault, "superstep", 1, 7, 4));
  CHECK_FALSE(strikes(fault, "superstep", 1));
}

TEST_CASE("a mute fault throws without words") {
  CHECK_THROWS_WITH_AS(Fault("point=payload,action=mute").reach("payload", 0), "", std::runtime_error);
}

TEST_CASE("a full disk is a failed write with its error number") {
  try {
    Fault("point=part_written,action=enospc").reach("part_written", 0);
    FAIL("no fault");
  } catch (pel::WriteFailed const& failure) {
    CHECK(failure.code == ENOSPC);
    CHECK(failure.path == "injected at part_written");
  }
}

TEST_CASE("a write fails with whatever error number is named") {
  for (auto const& [name, code] : {std::pair{"ENOSPC", ENOSPC}, {"EIO", EIO}, {"EDQUOT", EDQUOT}, {"EROFS", EROFS}}) {
    CAPTURE(name);
    try {
      Fault(std::string("point=payload,action=errno=") + name).reach("payload", 0);
      FAIL("no fault");
    } catch (pel::WriteFailed const& failure) {
      CHECK(failure.code == code);
      CHECK(failure.path == "injected at payload");
      CHECK(failure.reason == std::generic_category().message(code));
    }
  }
}

TEST_CASE("at a point of a commit epoch is the superstep of the epoch") {
  Fault const fault("point=part_synced,rank=1,epoch=2,action=throw");

  CHECK(strikes(fault, "part_synced", 1, 2));
  CHECK_FALSE(strikes(fault, "part_synced", 1, 3));
  CHECK_FALSE(strikes(fault, "part_synced", 1));
  CHECK_FALSE(strikes(fault, "part_synced", 0, 2));
}

TEST_CASE("a fault of one launch does not strike in the next") {
  auto const fault_in = [](char const* launch) {
    setenv("PEL_INCARNATION", launch, 1);
    Fault fault("point=save,incarnation=1,action=throw");
    unsetenv("PEL_INCARNATION");
    return fault;
  };

  CHECK(strikes(fault_in("1"), "save", 0));
  CHECK_FALSE(strikes(fault_in("2"), "save", 0));
  CHECK_FALSE(strikes(Fault("point=save,incarnation=1,action=throw"), "save", 0));
  CHECK(strikes(Fault("point=save,incarnation=0,action=throw"), "save", 0));
  CHECK(strikes(Fault("point=save,action=throw"), "save", 0));
}

TEST_CASE("a delay goes on after its time") {
  auto const start = pel::base::monotonic_seconds();
  CHECK_FALSE(strikes(Fault("point=save,action=delay=0.05s"), "save", 0));
  CHECK(pel::base::monotonic_seconds() - start >= 0.05);
}

TEST_CASE("a process that hangs does so until it is killed") {
  auto const child = fork();
  if (child == 0) {
    Fault("point=save,action=hang").reach("save", 0);
    _exit(0);
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  int status = 0;
  CHECK(waitpid(child, &status, WNOHANG) == 0);
  kill(child, SIGKILL);
  waitpid(child, &status, 0);
}

TEST_CASE("a process is killed, stopped or ended as the fault says") {
  auto const killed = ending("point=superstep,action=kill");
  CHECK(WIFSIGNALED(killed));
  CHECK(WTERMSIG(killed) == SIGKILL);
  auto const stopped = ending("point=superstep,action=stop");
  CHECK(WIFSTOPPED(stopped));
  for (auto const& [action, signal] : {std::pair{"segv", SIGSEGV}, {"abort", SIGABRT}}) {
    auto const crashed = ending(std::string("point=superstep,action=") + action);
    CHECK(WIFSIGNALED(crashed));
    CHECK(WTERMSIG(crashed) == signal);
  }
  auto const ended = ending("point=superstep,action=exit0");
  CHECK(WIFEXITED(ended));
  CHECK(WEXITSTATUS(ended) == 0);
  CHECK(WEXITSTATUS(ending("point=save,action=kill")) == 3);
}

TEST_CASE("what cannot be read is refused") {
  for (auto const* const text : {"superstep",
                                 "point=superstep",
                                 "action=kill",
                                 "point=superstep,action=explode",
                                 "point=superstep,action=",
                                 "point=save,action=errno",
                                 "point=save,action=errno=",
                                 "point=save,action=errno=ENOTHING",
                                 "point=save,action=errno=28",
                                 "point=save,action=delay",
                                 "point=save,action=delay=",
                                 "point=save,action=delay=5",
                                 "point=save,action=delay=-1s",
                                 "point=save,action=delay=5sec",
                                 "point=save,action=kill,epoch=x",
                                 "point=save,action=kill,incarnation=-1",
                                 "point=,action=kill",
                                 "point=superstep,action=kill,rank=x",
                                 "point=superstep,action=kill,rank=-1",
                                 "point=superstep,action=kill,rank=",
                                 "point=superstep,action=kill,rank=1x",
                                 "point=superstep,action=kill,node=1",
                                 "point=superstep,,action=kill",
                                 ","}) {
    CAPTURE(text);
    CHECK_THROWS_AS(Fault{std::string(text)}, pel::UsageError);
  }
}

TEST_CASE("a mistyped key is answered with the right one") {
  try {
    Fault("point=save,epohc=1,action=kill");
    FAIL("not refused");
  } catch (pel::UsageError const& error) {
    CHECK(error.nearest == "epoch");
  }
}

TEST_CASE("the fault of a process is in its environment") {
  setenv("PEL_FAULT", "point=save,action=throw", 1);
  Fault const set;
  unsetenv("PEL_FAULT");

  CHECK(strikes(set, "save", 0));
  CHECK_FALSE(strikes(Fault(), "save", 0));
}
