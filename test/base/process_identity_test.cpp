#include "base/process_identity.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

using pel::base::certainly_gone;
using pel::base::start_time_of;
using pel::base::this_process;

TEST_CASE("a process knows who it is") {
  auto const self = this_process();

  CHECK(self.pid == getpid());
  CHECK(self.start_time > 0);
  CHECK(self.start_time == start_time_of(getpid()));
  CHECK_FALSE(self.host.empty());
  CHECK_FALSE(self.boot.empty());
  CHECK(self == this_process());
}

TEST_CASE("a process that runs is not gone") { CHECK_FALSE(certainly_gone(this_process())); }

TEST_CASE("a process that has ended is gone, reaped or not") {
  auto process = this_process();
  process.pid = fork();
  if (process.pid == 0) _exit(0);
  siginfo_t ended{};
  REQUIRE(waitid(P_PID, static_cast<id_t>(process.pid), &ended, WEXITED | WNOWAIT) == 0);

  CHECK(certainly_gone(process));
  waitpid(process.pid, nullptr, 0);
  CHECK(start_time_of(process.pid) == 0);
  CHECK(certainly_gone(process));
}

TEST_CASE("a number that has gone to another process does not bring the first one back") {
  auto process = this_process();
  process.start_time -= 1;

  CHECK(certainly_gone(process));
}

TEST_CASE("what ran before a reboot is gone") {
  auto process = this_process();
  process.boot = "another";
  process.machine = this_process().machine;

  CHECK(certainly_gone(process) == !process.machine.empty());
}

TEST_CASE("nothing is certain of another host, another machine of this name, or another name space") {
  auto process = this_process();
  process.pid = 0;
  REQUIRE(certainly_gone(process));

  auto other = process;
  other.host = "another";
  CHECK_FALSE(certainly_gone(other));
  other = process;
  other.boot = "another";
  other.machine = "another";
  CHECK_FALSE(certainly_gone(other));
  other = process;
  other.boot = "";
  CHECK_FALSE(certainly_gone(other));
  other = process;
  other.pid_namespace = "pid:[1]";
  CHECK_FALSE(certainly_gone(other));
}
