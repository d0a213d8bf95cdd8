// What `pel run` is asked to do, from its command line, the job file, and the other layers.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/option_table.hpp"
#include "launch/hosts.hpp"
#include "launch/launcher_command.hpp"

namespace pel::launch {

enum class ResumeFirst { no, automatic, must };

struct RunRequest {
  std::string app;
  std::filesystem::path program;
  std::vector<std::string> arguments;  // of the app, without --run-dir and --resume
  int ranks = 1;
  std::uint32_t partitions = 0;  // 0: not known
  std::vector<Host> hosts;
  Launcher launcher = Launcher::mpirun;
  std::filesystem::path runs, run_dir;  // run_dir: empty if one is to be made in runs
  std::filesystem::path checkpoints;    // absolute, or "ckpt" within the run directory
  ResumeFirst resume = ResumeFirst::no;
  double stall_seconds = 300, silent_seconds = -1, walltime_seconds = -1;
  int attempts = 3;
  bool requeue = false, print_config = false, quiet = false;
  std::string effective;  // the settings as TOML with where each is from
};

// A request with errors, a line each. `code`: 78, or 64 if only the command line is wrong.
class Refused : public std::runtime_error {
 public:
  Refused(std::vector<std::string> const& lines, int code_);
  int code;
};

// The options of `pel run`, and the tokens of a command line that are theirs, the app's name, and what is the app's.
[[nodiscard]] std::vector<base::OptionInfo> const& run_options();
struct SplitTokens {
  std::vector<std::string> own, rest;
  std::string app;
};
// Options of the launcher are its own wherever they stand before "--"; "-n" is --ranks. The first bare word is the app;
// Throws: UsageError for an unknown option before it.
// Example: "-n 4 pagerank --graph debian: --runs /tmp": own "--ranks 4 --runs /tmp", rest "--graph debian:".
[[nodiscard]] SplitTokens split_tokens(std::vector<std::string> const& tokens,
                                       std::vector<base::OptionInfo> const& options);

// Reads files, asks the app for its options, and scontrol for nodes. Throws: Refused, UsageError, MissingInput,
// ConfigError, SystemError.
[[nodiscard]] RunRequest run_request(std::vector<std::string> const& tokens);

// Whether this process is part of a SLURM allocation.
[[nodiscard]] bool in_allocation();

// The ranks there are without -n: slots of the hosts, SLURM's tasks, or the cores here, at most one a partition.
[[nodiscard]] int default_ranks(std::vector<Host> const& hosts, std::uint32_t partitions);

}  // namespace pel::launch
