#include "engine/interval.hpp"

#include <doctest/doctest.h>

#include <string>

using doctest::Approx;
using pel::engine::CheckpointEvery;
using pel::engine::daly_interval;
using pel::engine::FailureHistory;
using pel::engine::Interval;

namespace {

Interval interval(std::string const& every, FailureHistory history = {},
                  double deadline = std::numeric_limits<double>::infinity()) {
  return Interval(CheckpointEvery::parse(every), history, 0, deadline);
}

// After an epoch that was measured at time `now`.
Interval measured(std::string const& every, double blocked, double durable, double now, FailureHistory history = {}) {
  auto measured = interval(every, history);
  measured.begun(now, 0, blocked);
  measured.committed(durable);
  return measured;
}

// The supersteps below `n` after which one is due, if all go well or, from `bad` on, `failures` times not.
std::string due_after(Interval& interval, int n, int failures = 0) {
  std::string text;
  for (std::int64_t s = 0; s < n; ++s) {
    if (!interval.due(0, s)) continue;
    text += std::to_string(s) + " ";
    interval.begun(0, s, 0);
    if (failures-- > 0)
      interval.failed(0);
    else
      interval.committed(0);
  }
  return text;
}

}  // namespace

// from math import sqrt
// def tau(d, M):
//   return sqrt(2*d*M) * (1 + sqrt(d/(2*M))/3 + d/(2*M)/9) - d if d < 2*M else M
TEST_CASE("tau is that of the table") {
  struct Row {
    double delta, mtbf, tau;
  };
  for (auto const& row :
       {Row{0.045, 86400, 88.151633292}, Row{0.6, 86400, 321.593912986}, Row{0.001, 86400, 13.144674722},
        Row{10, 3600, 261.702899300}, Row{600, 3600, 1697.705978056}, Row{7199, 3600, 3199.999988425},
        Row{7200, 3600, 3600}, Row{10000, 3600, 3600}, Row{1, 60, 10.297927494}, Row{0, 86400, 0}}) {
    CAPTURE(row.delta);
    CHECK(daly_interval(row.delta, row.mtbf) == Approx(row.tau).epsilon(1e-9));
  }
}

TEST_CASE("before anything is measured the first epoch is due after a minute") {
  auto const first = interval("auto");
  CHECK_FALSE(first.due(59.9, 100));
  CHECK(first.due(60, 101));
}

TEST_CASE("an estimate may bring the first epoch forward, never put it off") {
  auto cheap = interval("auto");
  cheap.expect(0.001, 0.1);
  CHECK(cheap.choice(0).tau == Approx(13.14).epsilon(0.01));
  CHECK_FALSE(cheap.due(13, 0));
  CHECK(cheap.due(13.2, 0));

  auto dear = interval("auto");
  dear.expect(0.6, 40);
  CHECK_FALSE(dear.due(59, 0));
  CHECK(dear.due(60, 0));
}

TEST_CASE("what was measured decides, and an estimate after it counts no more") {
  auto after = measured("auto", 0.6, 0.6, 60);
  after.expect(100, 100);
  auto const tau = daly_interval(0.6, 86400 + 380);

  CHECK(tau == Approx(322.3).epsilon(0.001));
  CHECK(after.choice(380).interval == Approx(tau));
  CHECK_FALSE(after.due(60 + tau - 1, 5));
  CHECK(after.due(60 + tau + 1, 5));
}

TEST_CASE("measurements are smoothed") {
  auto twice = measured("auto", 1, 10, 0);
  twice.begun(100, 1, 2);
  twice.committed(20);
  CHECK(twice.choice(200).delta == Approx(1.5));
  CHECK(twice.choice(200).durable == Approx(15));
}

TEST_CASE("the interval is at least twice the time until an epoch is durable, and a second") {
  CHECK(measured("auto", 0.001, 30, 0).choice(0).interval == Approx(60));
  CHECK(measured("auto", 0, 0, 0).choice(0).interval == Approx(1));
}

TEST_CASE("failures of earlier launches, and nodes, make it shorter") {
  CHECK(interval("auto").choice(0).mtbf == Approx(86400));
  CHECK(interval("auto").choice(3600).mtbf == Approx(90000));
  CHECK(interval("auto", {0, 0, 4}).choice(0).mtbf == Approx(21600));
  CHECK(interval("auto", {13600, 9, 1}).choice(0).mtbf == Approx(10000));
  CHECK(measured("auto", 1, 1, 0, {13600, 9, 1}).choice(0).tau < measured("auto", 1, 1, 0).choice(0).tau);
}

TEST_CASE("what slows the supersteps down while an epoch is written is part of its cost") {
  auto busy = interval("auto");
  for (int i = 0; i < 4; ++i) busy.superstep_took(10);
  busy.begun(40, 3, 0.5);
  busy.superstep_took(11);
  busy.superstep_took(10.5);
  busy.committed(25);
  CHECK(busy.choice(100).delta == Approx(2));
  CHECK(busy.choice(100).overhead_real == Approx(2.0 / 100));
  CHECK(busy.choice(100).overhead_predicted == Approx(2 / busy.choice(100).interval));

  busy.superstep_took(10);
  busy.begun(100, 6, 0.5);
  busy.superstep_took(1000);  // not the writer's doing: it wrote for 4 s
  busy.committed(4);
  CHECK(busy.choice(2000).delta == Approx((2 + 4.5) / 2));
  busy.begun(2000, 9, 0.5);
  busy.superstep_took(1);  // nor is it faster for being written
  busy.committed(4);
  CHECK(busy.choice(2000).delta == Approx((3.25 + 0.5) / 2));
}

TEST_CASE("every N supersteps looks at no clock") {
  auto every_4 = interval("4");
  CHECK(due_after(every_4, 13) == "3 7 11 ");
  auto every_1 = interval("1");
  CHECK(due_after(every_1, 4) == "0 1 2 3 ");
}

TEST_CASE("after failures in a row supersteps are left out, more each time") {
  auto every_4 = interval("4");
  CHECK(due_after(every_4, 49, 3) == "3 7 15 31 35 39 43 47 ");
}

TEST_CASE("a time is kept from snapshot to snapshot") {
  auto timed = interval("30s");
  CHECK_FALSE(timed.due(29, 0));
  CHECK(timed.due(30, 0));
  timed.begun(45, 3, 0);
  timed.committed(1);
  CHECK_FALSE(timed.due(74, 4));
  CHECK(timed.due(75, 5));
}

TEST_CASE("off is never due") {
  auto off = interval("off");
  CHECK_FALSE(off.due(1e9, 1'000'000));
  off.failed(0);
  CHECK_FALSE(off.due(1e9, 1'000'000));
  CHECK(off.choice(10).interval == 0);
  CHECK(off.choice(10).overhead_predicted == 0);
}

TEST_CASE("a failed epoch is tried again soon, then later and later, and a committed one ends that") {
  auto timed = interval("100s");
  double now = 100;
  for (double const wait : {1, 2, 4, 8, 16}) {
    CHECK(timed.due(now, 0));
    timed.begun(now, 0, 0);
    timed.failed(now);
    CHECK_FALSE(timed.due(now + 0.99 * wait, 0));
    now += wait;
  }
  CHECK(timed.due(now, 0));
  timed.begun(now, 0, 0);
  timed.committed(0.1);
  CHECK_FALSE(timed.due(now + 99, 0));
  CHECK(timed.due(now + 100, 0));
  timed.begun(now + 100, 0, 0);
  timed.failed(now + 100);
  CHECK(timed.due(now + 101, 0));
}

TEST_CASE("the wait after failures has an end") {
  auto timed = interval("100s");
  for (int i = 0; i < 100; ++i) timed.failed(0);
  CHECK_FALSE(timed.due(599, 0));
  CHECK(timed.due(600, 0));
}

TEST_CASE("one that was due and found no buffer is made up for") {
  auto timed = measured("100s", 0, 8, 0);
  CHECK(timed.due(100, 0));
  timed.skipped(100);
  CHECK_FALSE(timed.due(103, 0));
  CHECK(timed.due(104, 0));
}

TEST_CASE("the deadline is near when another superstep and its epoch may not end in time") {
  auto limited = interval("off", {}, 1000);
  CHECK_FALSE(limited.deadline_near(989));
  CHECK(limited.deadline_near(990.5));
  limited.superstep_took(100);
  for (int i = 0; i < 4; ++i) limited.superstep_took(1);
  limited.expect(1, 20);
  CHECK_FALSE(limited.deadline_near(849));
  CHECK(limited.deadline_near(851));
  limited.superstep_took(1);  // the long one is forgotten
  CHECK_FALSE(limited.deadline_near(948));
  CHECK(limited.deadline_near(950));
  CHECK_FALSE(interval("auto").deadline_near(1e12));
}

TEST_CASE("a choice in words") {
  CHECK(pel::engine::describe({0.045, 0.6, 86400, 88, 88, 0.0005, 0.0006}) ==
        "every 88.0 s: costs 0.045 s, durable after 0.600 s, a failure every 24.0 h is assumed; overhead 0.05 % "
        "predicted, 0.06 % real");
}
