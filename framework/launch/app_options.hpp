// The options that an app says it has.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/option_table.hpp"

namespace pel::launch {

struct AppOption {
  base::OptionInfo info;
  bool engine = false;  // every app has it
};

// Asks the program, which answers --print-options before it starts MPI. Throws: UsageError if it is no PEL program.
[[nodiscard]] std::vector<AppOption> ask_app(std::filesystem::path const& program);

// Throws: BadData.
[[nodiscard]] std::vector<AppOption> parse_app_options(std::string const& json);

// The program that `name` means: a path, a program beside this one, or in PATH. Throws: UsageError with the nearest
// program that stands beside this one.
[[nodiscard]] std::filesystem::path find_app(std::string const& name);

// The folder of this program.
[[nodiscard]] std::filesystem::path own_folder();

// Of a command line: which of the options it gives, with their values, and what is wrong with it, a line each.
struct GivenOption {
  std::string name;
  std::vector<std::string> values;  // a flag has "true"
};
struct GivenOptions {
  std::vector<GivenOption> options;
  std::vector<std::string> errors;
};
// Example: "--dampng 0.9": {{}, {"--dampng: unknown option (did you mean --damping?)", "0.9: unexpected argument"}}.
[[nodiscard]] GivenOptions given_options(std::vector<std::string> const& tokens, std::vector<AppOption> const& options);

}  // namespace pel::launch
