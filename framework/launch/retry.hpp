// Whether a job whose launch has ended is launched again: rules without system calls, so that a test can ask them.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "launch/banner.hpp"
#include "launch/saved.hpp"

namespace pel::launch {

// How one launch ended.
struct LaunchEnd {
  enum class Kill { none, silent, hung };  // why the launcher itself ended it
  int code = 0;                            // of mpirun or srun, 128+n if it died by signal n itself
  std::optional<int> outcome{};            // the exit code that status.json proves for this launch
  std::optional<Death> death{};            // as the banner tells it
  Kill kill = Kill::none;
  bool started = false;                                           // a rank was seen alive
  bool stop_asked = false;                                        // by a signal, by `pel halt`
  double seconds_left = std::numeric_limits<double>::infinity();  // until the wall-clock limit
  std::int64_t superstep = -1;                                    // the last one seen
  Saved before{}, after{};
};

struct Verdict {
  enum class What { end, relaunch, give_up };
  What what = What::end;
  int code = 0;                // what the job ends with, or what it would
  double delay_seconds = 0;    // before the relaunch
  bool deterministic = false;  // the same signal in the same superstep twice in a row
  bool out_of_time = false;    // it would be launched again, but for the wall-clock limit
  int launches = 0;            // in a row without a newer epoch
};

// What a launch came to, as one exit code. An outcome in status.json is believed, and nothing else is for 0, 1 and 75:
// without one they count as 137, or as 71 if no rank was ever seen. A launch that the launcher killed is 71.
// Example: mpirun says 1 and its banner "exited on signal 11": 139.
[[nodiscard]] int cause_of(LaunchEnd const& end);

// Whether it was told to stop and had nothing to stop with: no superstep ended in time, and there is no checkpoint.
// Only an outcome says so: the same code from a launcher is its death by USR1.
[[nodiscard]] bool stopped_with_nothing(LaunchEnd const& end);

// The history of a job's launches. `attempts`: launches in a row without a newer epoch until it gives up.
class RetryPolicy {
 public:
  explicit RetryPolicy(int attempts) : attempts_(attempts) {}
  [[nodiscard]] Verdict judge(LaunchEnd const& end);

 private:
  int attempts_;
  int fruitless_ = 0, hangs_ = 0, relaunches_ = 0;
  int last_cause_ = 0;
  std::int64_t last_superstep_ = -2;
};

}  // namespace pel::launch
