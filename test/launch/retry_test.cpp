#include "launch/retry.hpp"

#include <doctest/doctest.h>

#include "launch/exit_codes.hpp"

using pel::launch::cause_of;
using pel::launch::Death;
using pel::launch::LaunchEnd;
using pel::launch::RetryPolicy;
using pel::launch::Verdict;
using What = pel::launch::Verdict::What;

namespace {

LaunchEnd ended(int code, int outcome = -1) {
  LaunchEnd end{.code = code, .started = true};
  if (outcome >= 0) end.outcome = outcome;
  return end;
}

pel::launch::Saved epoch(std::int64_t superstep, std::string const& run = "") {
  if (superstep < 0) return {};
  return {.newest = {{run, superstep}}, .last = run};
}

LaunchEnd killed(int signal, std::int64_t superstep, std::int64_t before = -1, std::int64_t after = -1) {
  return {.code = 128 + signal,
          .death = Death{.signal = signal, .rank = 1, .host = "vm"},
          .started = true,
          .superstep = superstep,
          .before = epoch(before),
          .after = epoch(after)};
}

What first_verdict(LaunchEnd const& end) { return RetryPolicy(3).judge(end).what; }

}  // namespace

TEST_CASE("an outcome in the status is believed, whatever the launcher says") {
  CHECK(cause_of(ended(137, 65)) == 65);
  CHECK(cause_of(ended(1, 75)) == 75);
  CHECK(cause_of(ended(0, 0)) == 0);
  CHECK(first_verdict(ended(0, 0)) == What::end);
}

TEST_CASE("0, 1 and 75 prove nothing by themselves") {
  for (int const code : {0, 1, 75}) {
    CHECK(cause_of(ended(code)) == 137);
    CHECK(first_verdict(ended(code)) == What::relaunch);
    CHECK(first_verdict(ended(code, code)) == What::end);
  }
  LaunchEnd const never_started{.code = 1};
  CHECK(cause_of(never_started) == 71);
}

TEST_CASE("the banner's signal counts where mpirun says 1") {
  auto end = killed(11, 4);
  end.code = 1;

  CHECK(cause_of(end) == 139);
}

TEST_CASE("what would happen again is not tried again") {
  for (int const code : {64, 65, 66, 70, 74, 78}) {
    CHECK(first_verdict(ended(code)) == What::end);
    CHECK(first_verdict(ended(137, code)) == What::end);
  }
  for (int const code : {71, 134, 137, 139, 143, 205, 233}) CHECK(first_verdict(ended(code)) == What::relaunch);
}

TEST_CASE("after a stop was asked for nothing is launched any more") {
  auto end = killed(9, 4);
  end.stop_asked = true;

  CHECK(first_verdict(end) == What::end);
}

TEST_CASE("a stop that had nothing to stop with is not tried again") {
  auto const end = ended(138, 138);

  CHECK(stopped_with_nothing(end));
  CHECK(first_verdict(end) == What::end);
  CHECK(RetryPolicy(3).judge(end).code == 138);
}

TEST_CASE("a launcher that died of USR1 is no stop") {
  CHECK_FALSE(stopped_with_nothing(ended(138)));
  CHECK(first_verdict(ended(138)) == What::relaunch);
}

TEST_CASE("nothing is launched after the wall-clock limit, nor after a delay that passes it") {
  auto end = killed(9, 4);
  end.seconds_left = 0;
  CHECK(first_verdict(end) == What::end);
  CHECK(RetryPolicy(3).judge(end).out_of_time);

  RetryPolicy policy(10);
  end.seconds_left = 0.5;
  CHECK(policy.judge(end).what == What::relaunch);  // without a delay
  auto const second = policy.judge(end);            // 1 s
  CHECK(second.what == What::end);
  CHECK(second.out_of_time);
  CHECK(second.code == 137);
}

TEST_CASE("a checkpoint of the job's next run is progress, whatever its superstep") {
  RetryPolicy policy(2);
  auto first = killed(9, 9, -1, 9);
  first.after = epoch(9, "sort");
  auto second = killed(9, 3);
  second.before = first.after;
  second.after = {.newest = {{"sort", 9}, {"merge", 2}}, .last = "merge"};
  auto third = second;
  third.before = second.after;

  CHECK(policy.judge(first).what == What::relaunch);
  CHECK(policy.judge(second).what == What::relaunch);
  CHECK(policy.judge(third).what == What::relaunch);
  CHECK(policy.judge(third).what == What::give_up);
}

TEST_CASE("three launches in a row without a newer checkpoint are the last, with the cause's code") {
  RetryPolicy policy(3);

  CHECK(policy.judge(killed(9, 4)).what == What::relaunch);
  CHECK(policy.judge(killed(9, 5, -1, 4)).what == What::relaunch);  // progress: counts anew
  CHECK(policy.judge(killed(9, 6, 4, 4)).what == What::relaunch);
  CHECK(policy.judge(killed(11, 6, 4, 4)).what == What::relaunch);
  auto const last = policy.judge(killed(11, 7, 4, 4));
  CHECK(last.what == What::give_up);
  CHECK(last.code == 139);
  CHECK(last.launches == 3);
}

TEST_CASE("the delay is 0, then doubles from 1 s up to 60 s, and begins anew with progress") {
  RetryPolicy policy(100);
  for (double const seconds : {0., 1., 2., 4., 8., 16., 32., 60., 60.})
    CHECK(policy.judge(killed(9, 1)).delay_seconds == seconds);

  CHECK(policy.judge(killed(9, 5, -1, 4)).delay_seconds == 0);
}

TEST_CASE("the same signal in the same superstep twice in a row is deterministic") {
  RetryPolicy policy(10);

  CHECK_FALSE(policy.judge(killed(11, 6)).deterministic);
  CHECK(policy.judge(killed(11, 6)).deterministic);
  CHECK_FALSE(policy.judge(killed(9, 6)).deterministic);
  CHECK_FALSE(policy.judge(killed(9, 7)).deterministic);
  CHECK_FALSE(policy.judge(ended(71)).deterministic);
}

TEST_CASE("a hang is tried once more, then it is 71") {
  LaunchEnd hung{.code = 137, .kill = LaunchEnd::Kill::hung, .started = true, .superstep = 3};
  RetryPolicy policy(3);

  CHECK(policy.judge(hung).what == What::relaunch);
  auto const last = policy.judge(hung);
  CHECK(last.what == What::give_up);
  CHECK(last.code == 71);
}

TEST_CASE("codes that only mpirun and srun have end as 71") {
  CHECK(pel::launch::final_code(205) == 71);
  CHECK(pel::launch::final_code(233) == 71);
  CHECK(pel::launch::final_code(137) == 137);
  CHECK(RetryPolicy(1).judge(ended(205)).code == 71);
}

TEST_CASE("every code has a meaning") {
  CHECK(pel::launch::meaning_of(75) == "stopped on purpose, with a good checkpoint");
  CHECK(pel::launch::meaning_of(137) == "killed by signal 9 (Killed)");
  CHECK(pel::launch::meaning_of(205) == "mpirun lost a host");
  for (char const* code : {"0 ", "1 ", "64 ", "65 ", "66 ", "70 ", "71 ", "74 ", "75 ", "78 ", "128+n "})
    CHECK(("\n" + pel::launch::exit_code_table()).find("\n" + std::string(code)) != std::string::npos);
}
