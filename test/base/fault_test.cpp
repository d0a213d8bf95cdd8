#include "base/fault.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <string>

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

TEST_CASE("a full disk is a failed write with its error number") {
  try {
    Fault("point=part_written,action=enospc").reach("part_written", 0);
    FAIL("no fault");
  } catch (pel::WriteFailed const& failure) {
    CHECK(failure.code == ENOSPC);
    CHECK(failure.path == "injected at part_written");
  }
}

TEST_CASE("a process is killed, stopped or ended as the fault says") {
  auto const killed = ending("point=superstep,action=kill");
  CHECK(WIFSIGNALED(killed));
  CHECK(WTERMSIG(killed) == SIGKILL);
  auto const stopped = ending("point=superstep,action=stop");
  CHECK(WIFSTOPPED(stopped));
  auto const ended = ending("point=superstep,action=exit0");
  CHECK(WIFEXITED(ended));
  CHECK(WEXITSTATUS(ended) == 0);
  CHECK(WEXITSTATUS(ending("point=save,action=kill")) == 3);
}

TEST_CASE("what cannot be read is refused") {
  for (auto const* const text : {"superstep", "point=superstep", "action=kill", "point=superstep,action=explode",
                                 "point=superstep,action=", "point=,action=kill", "point=superstep,action=kill,rank=x",
                                 "point=superstep,action=kill,rank=-1",
                                 "point=superstep,action=kill,rank=", "point=superstep,action=kill,rank=1x",
                                 "point=superstep,action=kill,node=1", "point=superstep,,action=kill", ","}) {
    CAPTURE(text);
    CHECK_THROWS_AS(Fault{std::string(text)}, pel::UsageError);
  }
}

TEST_CASE("the fault of a process is in its environment") {
  setenv("PEL_FAULT", "point=save,action=throw", 1);
  Fault const set;
  unsetenv("PEL_FAULT");

  CHECK(strikes(set, "save", 0));
  CHECK_FALSE(strikes(Fault(), "save", 0));
}
