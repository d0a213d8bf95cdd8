#include "launch/process.hpp"

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "base/machine.hpp"
#include "launch/observed.hpp"
#include "pel/error.hpp"

using pel::launch::Command;

namespace {

Command shell(std::string const& script) { return {.arguments = {"sh", "-c", script}}; }

// Whether it comes to hold within some seconds.
bool soon(std::function<bool()> const& holds) {
  auto const until = pel::base::monotonic_seconds() + 10;
  while (!holds() && pel::base::monotonic_seconds() < until) poll(nullptr, 0, 5);
  return holds();
}

}  // namespace

TEST_CASE("a program is asked and answers, and one that does not is killed in time") {
  auto const answer = pel::launch::ask(shell("echo out; echo err >&2; exit 3"), 10);
  CHECK(answer.code == 3);
  CHECK(answer.out == "out\n");
  CHECK(answer.err == "err\n");

  auto const before = pel::base::monotonic_seconds();
  CHECK(pel::launch::ask(shell("sleep 60"), 0.2).code == 124);
  CHECK(pel::base::monotonic_seconds() - before < 10);
}

TEST_CASE("arguments come as they are, and the environment with what was added and without what was taken") {
  Command command{.arguments = {"sh", "-c", "echo \"$1|$PEL_A|${HOME-none}\"", "sh", "a b; $(false) '\""},
                  .environment = {{"PEL_A", "1"}},
                  .unset = {"HOME"}};

  CHECK(pel::launch::ask(command, 10).out == "a b; $(false) '\"|1|none\n");
  CHECK(pel::launch::shown({.arguments = {"a", "b c", "it's", ""}}) == "a 'b c' 'it'\\''s' ''");
}

TEST_CASE("a program that is not there is a failure of the start") {
  CHECK_THROWS_AS((void)pel::launch::start({.arguments = {"no-such-program"}}), pel::SystemError);
  CHECK_THROWS_AS((void)pel::launch::start({.arguments = {"/etc/passwd"}}), pel::SystemError);
}

TEST_CASE("several are asked at once") {
  auto const before = pel::base::monotonic_seconds();
  auto const good = pel::launch::which_succeed(
      {shell("exit 0"), shell("sleep 60"), shell("exit 1"), {.arguments = {"no-such"}}}, 0.5);

  CHECK(good == std::vector{true, false, false, false});
  CHECK(pel::base::monotonic_seconds() - before < 10);
}

TEST_CASE("where some answer, nobody waits long for the others") {
  auto const before = pel::base::monotonic_seconds();
  auto const good = pel::launch::which_succeed({shell("sleep 60"), shell("exit 0"), shell("sleep 0.3")}, 60);

  CHECK(good == std::vector{false, true, true});
  CHECK(pel::base::monotonic_seconds() - before < 30);
}

TEST_CASE("children in groups of their own, and their children, are all killed and reaped") {
  pel::launch::become_subreaper();
  auto const child = pel::launch::start(shell("setsid sleep 60 & setsid sh -c 'sleep 60 & wait' & wait"));
  REQUIRE(soon([&] { return pel::launch::state_of_process(child.pid) == 'S'; }));

  kill(child.pid, SIGKILL);
  CHECK(pel::launch::kill_children(10));

  CHECK(pel::launch::children().empty());
  close(child.error_pipe);
}

TEST_CASE("the state of a process is seen") {
  auto const child = pel::launch::start(shell("sleep 60"));
  kill(child.pid, SIGSTOP);

  CHECK(soon([&] { return pel::launch::state_of_process(child.pid) == 'T'; }));

  CHECK(pel::launch::kill_children(10));
  CHECK(pel::launch::state_of_process(child.pid) == 0);
  close(child.error_pipe);
}

TEST_CASE("kills for want of memory are read in both formats") {
  CHECK(pel::launch::parse_out_of_memory_kills("low 0\noom 2\noom_kill 1\n") == 1);
  CHECK(pel::launch::parse_out_of_memory_kills("oom_kill_disable 0\nunder_oom 0\noom_kill 3\n") == 3);
  CHECK_FALSE(pel::launch::parse_out_of_memory_kills("oom_kill_disable 0\n"));
}
