// One run of a job: construct, supersteps until all have halted, results.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/checkpoint_summary.hpp"
#include "engine/hosted.hpp"
#include "engine/memory_figures.hpp"
#include "engine/result_check.hpp"
#include "engine/settings.hpp"
#include "engine/verb_figures.hpp"
#include "engine/world.hpp"

namespace pel::engine {

class Ownership;
class Watch;

// Whether the run was told to stop before its end, and then has something to go on from.
enum class Stopped { no, with_checkpoint, without };

struct RunOutcome {
  std::int64_t supersteps = 0;  // of this launch; those before a resume do not count
  std::int64_t last_superstep = -1;
  std::int64_t resumed_from = -1;  // superstep of the checkpoint; -1: a fresh start
  double construct_seconds = 0, run_seconds = 0, checkpoint_seconds = 0, write_seconds = 0;
  std::string digest;    // of the result; empty where nobody asked
  std::string mismatch;  // what the check says is wrong with it
  CheckpointSummary checkpoints;
  MemoryFigures memory;  // of datasets
  std::vector<VerbFigures> verbs;  // of datasets, in order of first appearance
  Stopped stopped = Stopped::no;
};

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
