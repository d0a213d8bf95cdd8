// One run of a job: construct, supersteps until all have halted, results.
#pragma once

#include "engine/hosted.hpp"
#include "engine/result_check.hpp"
#include "engine/run_outcome.hpp"
#include "engine/settings.hpp"
#include "engine/world.hpp"

namespace pel::engine {

class Ownership;
class Watch;

// Collective: all ranks. Throws: UsageError on all of them where there are more ranks than partitions.
void refuse_idle_ranks(World& world, RunSettings const& settings);

// `check`: looks at the result at the end, or is empty.
// Collective: all ranks, main thread. Throws: on all ranks the same: UsageError for more ranks than partitions, what
// kernels threw, NoCheckpoint, ForeignCheckpoint, WriteFailed, MpiError.
// Cost of a superstep: w = the slowest rank's partitions, h = the largest of max(in, out), l = 1 collective and 1
// message a block between ranks that talk.
[[nodiscard]] RunOutcome run(World& world, RunSettings const& settings, HostedKernels& kernels, Ownership& ownership,
                             Watch& watch, ResultCheck const& check);

}  // namespace pel::engine
