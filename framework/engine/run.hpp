// One run of a job: construct, supersteps until all have halted, results.
#pragma once

#include <cstdint>
#include <string>

#include "engine/hosted.hpp"
#include "engine/settings.hpp"
#include "engine/world.hpp"

namespace pel::engine {

struct RunOutcome {
  std::int64_t supersteps = 0;  // of this launch; those before a resume do not count
  std::int64_t last_superstep = -1;
  std::int64_t resumed_from = -1;  // superstep of the checkpoint; -1: a fresh start
  double construct_seconds = 0, run_seconds = 0, checkpoint_seconds = 0, write_seconds = 0;
  std::string digest;  // of the result; empty where nobody asked
};

// Collective: all ranks, main thread. Throws: on all ranks the same: UsageError for more ranks than partitions, what
// kernels threw, NoCheckpoint, ForeignCheckpoint, WriteFailed, MpiError.
// Cost of a superstep: w = the slowest rank's partitions, h = the largest of max(in, out), l = 1 collective and 1
// message a block between ranks that talk.
[[nodiscard]] RunOutcome run(World& world, RunSettings const& settings, HostedKernels& kernels);

}  // namespace pel::engine
