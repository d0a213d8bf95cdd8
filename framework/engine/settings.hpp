// What a run is told from outside: the engine's own options and what the app declared.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace pel::engine {

enum class Resume { no, must, automatic };

struct RunSettings {
  std::string app;
  std::string run_name;  // of this run within the job; empty for the only one
  std::uint32_t partitions = 64;
  std::uint64_t seed = 1;
  std::int64_t checkpoint_every = 0;  // supersteps; 0: off
  std::string checkpoint_dir;
  Resume resume = Resume::no;
  std::int64_t rebuild_at = -1;  // superstep after which kernels are remade from their fields; -1: never
  std::vector<std::string> outputs;
  bool digest = true;  // whether the result is digested even where there is no output
  // Part of who the job is: (name, value) of the options that can change the answer, and the digest of the input.
  std::vector<std::pair<std::string, std::string>> parameters;
  std::string input_digest;
};

}  // namespace pel::engine
