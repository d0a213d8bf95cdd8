// What a run's checkpoints have cost and given.
#pragma once

#include <cstdint>

namespace pel::engine {

// What checkpoints have cost and given so far.
struct CheckpointFigures {
  std::int64_t newest = -1;                   // superstep of the last committed epoch
  std::int64_t committed = 0, failed = 0;     // epochs
  std::int64_t streamed = 0;                  // of those committed, written without a copy of the state
  std::uint64_t bytes = 0;                    // this rank's, as in its snapshots
  std::uint64_t memory_bytes = 0;             // the most that its copies, or the buffers in their place, have taken
  double blocked_seconds = 0;                 // in which the loop stood still
  double last_blocked = 0, last_durable = 0;  // of the last epoch: from its snapshot on
  bool no_space = false;                      // why the last one failed
};

// What the summary says of checkpoints.
struct CheckpointSummary {
  CheckpointFigures figures;
  double interval_seconds = 0;                       // chosen, of checkpoints by time
  double overhead_predicted = 0, overhead_real = 0;  // of the run's time
};

}  // namespace pel::engine
