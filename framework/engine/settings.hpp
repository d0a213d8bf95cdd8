// What a run is told from outside: the engine's own options and what the app declared.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/checkpoint_every.hpp"

namespace pel::engine {

enum class Resume { no, must, automatic };

// Written beside the supersteps, or while they wait.
enum class CheckpointMode { async, sync };

struct RunSettings {
  std::string app;
  std::string run_name;  // of this run within the job; empty for the only one
  std::uint32_t partitions = 64;
  std::uint64_t seed = 1;
  CheckpointEvery checkpoint_every;
  // Nobody has asked for checkpoints: the directory is made when the first one is due, and what cannot be written is a
  // warning.
  bool checkpoint_implied = false;
  bool checkpoint_overwrite = false;  // a fresh start lets checkpoints of other jobs go
  std::string checkpoint_dir;
  int checkpoint_keep = 2;
  CheckpointMode checkpoint_mode = CheckpointMode::async;
  std::optional<std::uint64_t>
      checkpoint_memory;                // bytes of a rank for copies of its state; none: what is left decides
  bool checkpoint_compress = false;     // with Zstandard, what a sample says it is worth for
  std::optional<std::uint64_t> memory;  // bytes of a rank for datasets; none: a part of what is left
  std::string spill_dir = ".";          // where datasets go that do not fit
  bool spill_dir_asked = false;
  double stop_grace = 120;  // seconds that a superstep has to end in when the run is told to stop
  Resume resume = Resume::no;
  std::int64_t rebuild_at = -1;  // superstep after which kernels are remade from their fields; -1: never
  std::vector<std::string> outputs;
  std::uint64_t max_bad = 0;   // lines of an input that make no sense and are left out: so many at most
  std::uint64_t max_line = 0;  // bytes of a line of an input at most
  bool digest = true;          // whether the result is digested even where there is no output
  // Part of who the job is: (name, value) of the options that can change the answer, and the digest of the input.
  std::vector<std::pair<std::string, std::string>> parameters;
  std::string input_digest;
};

}  // namespace pel::engine
