// What came of a run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/checkpoint_summary.hpp"
#include "engine/memory_figures.hpp"
#include "engine/verb_figures.hpp"

namespace pel::engine {

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
  MemoryFigures memory;            // of datasets, on this rank
  std::vector<VerbFigures> verbs;  // of datasets, in order of first appearance
  Stopped stopped = Stopped::no;
};

}  // namespace pel::engine
