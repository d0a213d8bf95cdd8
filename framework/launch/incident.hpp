// What went wrong with a launch, in words.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "launch/retry.hpp"
#include "launch/watch.hpp"

namespace pel::launch {

struct Incident {
  LaunchEnd end;
  Finding finding;                      // why the launcher killed it, if it did
  std::vector<store::Heartbeat> beats;  // what the ranks last said
  std::string error{};                  // what status.json says
};

// One line: "rank 2 (node07) was killed by signal 9 (Killed) in superstep 6, compute".
[[nodiscard]] std::string cause_in_words(Incident const& incident);

// "superstep 6, compute, 3 of 16 partitions (process 81 on node07)"; empty if it is about no rank.
[[nodiscard]] std::string where_it_was(Incident const& incident);

// The rank it is about, -1 if none.
[[nodiscard]] int rank_of(Incident const& incident);

// The error block for a job that ends so. Empty parts are left out.
struct ErrorBlock {
  std::string what{}, likely{}, where{}, log{}, saved{}, next{};
  int code = 0;
};
// Example: "error: rank 2 …\n  likely    out of memory …\n  …\n  next      pel resume …      exit 137\n".
[[nodiscard]] std::string error_block(ErrorBlock const& block);

}  // namespace pel::launch
