#include "engine/interval.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pel::engine {
namespace {

using Kind = CheckpointEvery::Kind;

constexpr double first_mtbf = 24 * 3600;  // of one node, before anything is known
constexpr double weight = 0.5;            // of a new measurement
constexpr double shortest_wait = 1, longest_wait = 600;
constexpr int most_doublings = 20;
constexpr double shortest_interval = 1;  // to recompute less than that is no gain beside a relaunch

double smoothed(double before, double now, bool known) { return known ? before + weight * (now - before) : now; }

}  // namespace

double daly_interval(double delta, double mtbf) {
  if (delta >= 2 * mtbf) return mtbf;
  auto const ratio = delta / (2 * mtbf);
  return std::sqrt(2 * delta * mtbf) * (1 + std::sqrt(ratio) / 3 + ratio / 9) - delta;
}

std::string describe(IntervalChoice const& choice) {
  return fmt::format(
      "every {:.1f} s: costs {:.3f} s, durable after {:.3f} s, a failure every {:.1f} h is assumed; overhead {:.2f} % "
      "predicted, {:.2f} % real",
      choice.interval, choice.delta, choice.durable, choice.mtbf / 3600, 100 * choice.overhead_predicted,
      100 * choice.overhead_real);
}

Interval::Interval(CheckpointEvery every, FailureHistory history, double now, double deadline)
    : every_(every), history_(history), start_(now), deadline_(deadline), last_begun_(now), not_before_(now) {}

void Interval::expect(double blocked_seconds, double durable_seconds) {
  if (measured_) return;
  estimated_ = true;
  delta_ = blocked_seconds;
  durable_ = durable_seconds;
}

void Interval::superstep_took(double seconds) {
  last_supersteps_[supersteps_++ % remembered] = seconds;
  if (writing_ == 0) {
    usual_superstep_ = smoothed(usual_superstep_, seconds, seen_superstep_);
    seen_superstep_ = true;
  } else if (seen_superstep_) {
    slowdown_ += seconds - usual_superstep_;  // negative too: supersteps differ, and only the sum says anything
  }
}

void Interval::begun(double now, std::int64_t superstep, double blocked_seconds) {
  if (writing_ == 0) slowdown_ = 0;
  blocked_ = writing_ == 0 ? blocked_seconds : blocked_ + blocked_seconds;
  ++writing_;
  spent_ += blocked_seconds;
  begun_one_ = true;
  again_ = false;
  last_begun_ = now;
  last_superstep_ = superstep;
}

// What the epochs begun have cost is counted with the one that ends first, so that nothing counts twice.
void Interval::end_one() {
  writing_ = std::max(0, writing_ - 1);
  blocked_ = slowdown_ = 0;
}

void Interval::committed(double seconds) {
  // The writer takes at most what it works: more is the supersteps' own difference.
  auto const slowdown = std::clamp(slowdown_, 0.0, seconds);
  spent_ += slowdown;
  delta_ = smoothed(delta_, blocked_ + slowdown, measured_);
  durable_ = smoothed(durable_, seconds, measured_);
  measured_ = true;
  failures_in_a_row_ = 0;
  end_one();
}

void Interval::failed(double now) {
  end_one();
  int const doublings = std::min(failures_in_a_row_++, most_doublings);
  auto const wait = std::max(shortest_wait, 2 * durable_) * std::ldexp(1.0, doublings);
  not_before_ = now + std::min(wait, longest_wait);
  again_ = true;
  if (every_.kind == Kind::supersteps) not_before_times_ = times(last_superstep_) + (std::int64_t{1} << doublings);
}

void Interval::skipped(double now) {
  not_before_ = std::max(not_before_, now + (measured_ ? durable_ / 2 : shortest_wait));
  again_ = true;
}

bool Interval::due(double now, std::int64_t superstep) const {
  switch (every_.kind) {
    case Kind::off:
      return false;
    case Kind::supersteps:
      return (superstep + 1) % every_.supersteps == 0 && times(superstep) >= not_before_times_;
    case Kind::seconds:
    case Kind::automatic:
      break;
  }
  return now >= not_before_ && (again_ || now - last_begun_ >= chosen(now));
}

double Interval::mtbf(double now) const {
  auto const guess = first_mtbf / std::max(1, history_.nodes);
  return (history_.uptime_seconds + (now - start_) + guess) / (history_.failures + 1);
}

// Seconds between snapshots; 0: not known.
double Interval::chosen(double now) const {
  switch (every_.kind) {
    case Kind::off:
      return 0;
    case Kind::seconds:
      return every_.seconds;
    case Kind::supersteps:
      return static_cast<double>(every_.supersteps) * usual_superstep_;
    case Kind::automatic:
      break;
  }
  if (!measured_ && !estimated_) return first_seconds;
  auto const best = std::max({daly_interval(delta_, mtbf(now)), 2 * durable_, shortest_interval});
  return begun_one_ ? best : std::min(best, first_seconds);
}

double Interval::longest_superstep() const {
  return *std::max_element(last_supersteps_.begin(), last_supersteps_.end());
}

bool Interval::deadline_near(double now) const {
  return now + longest_superstep() + 2 * durable_ + deadline_margin > deadline_;
}

IntervalChoice Interval::choice(double now) const {
  IntervalChoice choice;
  choice.delta = delta_;
  choice.durable = durable_;
  choice.mtbf = mtbf(now);
  choice.tau = daly_interval(delta_, choice.mtbf);
  choice.interval = chosen(now);
  if (choice.interval > 0) choice.overhead_predicted = delta_ / choice.interval;
  if (now > start_) choice.overhead_real = spent_ / (now - start_);
  return choice;
}

}  // namespace pel::engine
