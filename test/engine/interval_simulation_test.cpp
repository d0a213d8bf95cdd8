// Ten thousand hours of a job that fails at random: the interval it chooses by itself against the best fixed one.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>

#include "engine/interval.hpp"

using pel::engine::CheckpointEvery;
using pel::engine::FailureHistory;
using pel::engine::Interval;

namespace {

constexpr double hours = 10'000;

struct Machine {
  double superstep, blocked, durable, mtbf, restart;  // seconds
};

// The fraction of the time that is lost by checkpoints, by computing again, and by restarts.
class Simulation {
 public:
  Simulation(Machine const& machine, CheckpointEvery const& every) : machine_(machine), every_(every) {}

  double lost() {
    while (now_ < hours * 3600) launch();
    return 1 - kept_ / now_;
  }

 private:
  // Until it fails, which the next failure decides.
  void launch() {
    auto const start = now_;
    auto const failure = now_ + exponential();
    Interval interval(every_, {uptime_, failures_, 1}, now_);
    double done = kept_, written = 0, durable_at = std::numeric_limits<double>::infinity();
    for (std::int64_t superstep = 0; now_ + machine_.superstep < failure; ++superstep) {
      now_ += machine_.superstep;
      done += machine_.superstep;
      interval.superstep_took(machine_.superstep);
      if (now_ >= durable_at) {
        kept_ = written;
        interval.committed(machine_.durable);
        durable_at = std::numeric_limits<double>::infinity();
      }
      if (!std::isinf(durable_at) || !interval.due(now_, superstep)) continue;
      interval.begun(now_, superstep, machine_.blocked);
      durable_at = now_ + machine_.durable;
      now_ += machine_.blocked;
      written = done;
    }
    if (durable_at < failure) kept_ = written;
    now_ = std::max(now_, failure) + machine_.restart;
    uptime_ += now_ - start;
    ++failures_;
  }

  double exponential() {
    auto const uniform = static_cast<double>(random_() >> 11U) * 0x1p-53;  // [0, 1)
    return -machine_.mtbf * std::log1p(-uniform);
  }

  Machine machine_;
  CheckpointEvery every_;
  std::mt19937_64 random_{1};
  double now_ = 0, kept_ = 0, uptime_ = 0;
  int failures_ = 0;
};

double best_fixed(Machine const& machine) {
  double best = 1;
  for (double seconds = 8; seconds < 20'000; seconds *= 1.25)
    best = std::min(best, Simulation(machine, {CheckpointEvery::Kind::seconds, 0, seconds}).lost());
  return best;
}

void check(Machine const& machine) {
  auto const chosen = Simulation(machine, {}).lost();
  auto const best = best_fixed(machine);
  CAPTURE(chosen);
  CAPTURE(best);
  CHECK(chosen <= 1.1 * best);
  CHECK(best > 0.001);
}

}  // namespace

TEST_CASE("a synchronous checkpoint of a job that fails every few hours") { check({10, 10, 10, 3 * 3600.0, 30}); }

TEST_CASE("an asynchronous checkpoint that costs little") { check({10, 0.5, 5, 6 * 3600.0, 30}); }

TEST_CASE("a job that fails every few minutes") { check({5, 2, 8, 900, 5}); }

TEST_CASE("a job that fails every two days, whose first guess is a day") { check({20, 5, 30, 48 * 3600.0, 60}); }
