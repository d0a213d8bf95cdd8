// The verbs of `pel`: each takes the tokens after its name and returns an exit code.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/option_table.hpp"

namespace pel::launch {

using Tokens = std::vector<std::string>;

int verb_run(Tokens const& tokens);
int verb_resume(Tokens const& tokens);
int verb_halt(Tokens const& tokens);
int verb_ls(Tokens const& tokens);
int verb_show(Tokens const& tokens);
int verb_ckpt(Tokens const& tokens);
int verb_drill(Tokens const& tokens);

// A verb's options: taken one by one as strings, "-n" as --ranks.
class VerbOptions {
 public:
  VerbOptions(std::string verb, std::string purpose, Tokens const& tokens);
  [[nodiscard]] std::string take(base::OptionInfo const& info);  // its last value, or the fallback
  // Refuses what nobody took. True if only help was asked for, which is printed.
  [[nodiscard]] bool answered() const;

 private:
  std::string verb_, purpose_;
  base::OptionTable table_;
};

inline base::OptionInfo const runs_option{
    .name = "runs", .value = "DIR", .fallback = "runs", .help = "the folder of the runs"};
inline base::OptionInfo const run_option{
    .name = "run", .value = "RUN", .help = "a run: its name or directory; without it the newest", .positional = true};

}  // namespace pel::launch
