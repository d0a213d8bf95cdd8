// A job file: TOML with the app, and settings under run, checkpoint and the app's own name.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace pel::launch {

// One key of a file, "run.ranks", with its values as text: several if it is a list.
struct FileSetting {
  std::string key;
  std::vector<std::string> values;
  bool is_boolean = false, is_list = false;
  std::string origin;  // "jobs/pagerank.toml:2"
  unsigned line = 0;
};

struct JobFile {
  std::vector<FileSetting> settings;  // in the file's order
  std::vector<std::string> errors;    // a line each, "file:line: what"
};

// Keys with dots are tables: "run.ranks = 4" and "[run] ranks = 4" are the same. A syntax error ends the file.
// Throws: MissingInput.
[[nodiscard]] JobFile read_job_file(std::filesystem::path const& path);
[[nodiscard]] JobFile parse_job_file(std::string const& text, std::string const& name);

}  // namespace pel::launch
