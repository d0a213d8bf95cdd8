#include "launch/retry.hpp"

#include <algorithm>
#include <cmath>

#include "launch/exit_codes.hpp"
#include "pel/error.hpp"

namespace pel::launch {
namespace {

constexpr int system_code = static_cast<int>(ExitCode::system);
constexpr int killed_code = 128 + 9;
constexpr int stopped_with_nothing_code = 128 + 10;
constexpr int hangs_allowed = 1;
constexpr double longest_delay = 60;

bool needs_proof(int code) {
  return code == static_cast<int>(ExitCode::done) || code == static_cast<int>(ExitCode::mismatch) ||
         code == static_cast<int>(ExitCode::stopped);
}

// 0, then 1, 2, 4 … 60 s.
double delay_before(int relaunch) { return relaunch < 1 ? 0 : std::min(std::ldexp(1.0, relaunch - 1), longest_delay); }

}  // namespace

int cause_of(LaunchEnd const& end) {
  if (end.outcome) return *end.outcome;
  if (end.kill != LaunchEnd::Kill::none) return system_code;
  if (end.death && (end.code == static_cast<int>(ExitCode::mismatch) || end.code > 128)) return 128 + end.death->signal;
  if (needs_proof(end.code)) return end.started ? killed_code : system_code;
  return end.code;
}

bool stopped_with_nothing(LaunchEnd const& end) { return end.outcome == stopped_with_nothing_code; }

Verdict RetryPolicy::judge(LaunchEnd const& end) {
  auto const cause = cause_of(end);
  bool const progress = end.after.beyond(end.before);
  Verdict verdict{.code = final_code(cause)};
  verdict.deterministic = cause > 128 && cause == last_cause_ && end.superstep >= 0 && end.superstep == last_superstep_;
  last_cause_ = cause;
  last_superstep_ = end.superstep;
  if (progress) fruitless_ = hangs_ = relaunches_ = 0;
  if (!progress) ++fruitless_;
  if (end.kill == LaunchEnd::Kill::hung) ++hangs_;
  verdict.launches = fruitless_;
  if (end.stop_asked || stopped_with_nothing(end) || retry_of(cause) == Retry::never) return verdict;
  if (fruitless_ >= attempts_ || hangs_ > hangs_allowed) {
    verdict.what = Verdict::What::give_up;
    return verdict;
  }
  verdict.delay_seconds = delay_before(relaunches_++);
  verdict.out_of_time = end.seconds_left <= verdict.delay_seconds;
  if (!verdict.out_of_time) verdict.what = Verdict::What::relaunch;
  return verdict;
}

}  // namespace pel::launch
