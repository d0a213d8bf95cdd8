// What a job is told, in layers of which the later win: defaults, the site's file, the user's file, the job file, PEL_…
// variables, flags. Every fault is kept as a line, so that all can be shown at once.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "launch/app_options.hpp"
#include "launch/job_file.hpp"

namespace pel::launch {

// A setting that exists: its name in files, the flag that sets it, and what it may be.
struct Key {
  enum class Kind { text, whole, number, duration, flag };
  std::string key;    // "run.ranks", "checkpoint.every", "pagerank.damping"
  std::string flag;   // without the dashes
  std::string shown;  // with them: "-n", "--damping"
  Kind kind = Kind::text;
  bool launcher = false;  // the launcher's own, not the app's
  bool list = false;
  std::string fallback;       // as text; also a word that a number may be replaced by ("auto")
  std::string too_small{};    // "0" where a whole number must be at least 1
  bool has_variable = false;  // PEL_RANKS
};

// All settings there are for an app with these options.
[[nodiscard]] std::vector<Key> keys_for(std::string const& app, std::vector<AppOption> const& options);

struct Value {
  std::vector<std::string> texts;
  std::string origin;  // "jobs/pagerank.toml:2", "flag -n", "PEL_RANKS", "default"
};

class Configuration {
 public:
  Configuration(std::string app, std::vector<Key> keys) : app_(std::move(app)), keys_(std::move(keys)) {}

  // Adds a layer. In a file that is not the job's own, what is meant for other apps is passed over.
  void add_file(JobFile const& file, bool is_job_file);
  void add_environment(std::function<std::string(std::string const&)> const& variable);
  void add_flag(std::string const& flag, std::vector<std::string> const& values);
  void add_flag_error(std::string const& line) { errors_.push_back(line); }

  // What holds for a key; none if only the default does.
  [[nodiscard]] Value const* find(std::string const& key) const;
  [[nodiscard]] std::string text(std::string const& key) const;  // its last value, or its default

  // The arguments that the app needs for what files and variables say and no flag does.
  [[nodiscard]] std::vector<std::string> app_arguments() const;

  // As TOML, each line with where the value is from. `defaults`: what a default came to be ("4", "the cores here");
  // an empty one is left out.
  [[nodiscard]] std::string effective(std::map<std::string, std::pair<std::string, std::string>> const& defaults) const;

  [[nodiscard]] std::vector<std::string> const& errors() const noexcept { return errors_; }
  [[nodiscard]] bool only_flags_are_wrong() const noexcept { return !others_wrong_; }

 private:
  [[nodiscard]] Key const* key(std::string const& name) const;
  void error(std::string const& line);  // not of a flag
  void unknown(FileSetting const& setting);
  void set(Key const& key, std::vector<std::string> values, std::string const& origin, std::string const& shown);

  std::string app_;
  std::vector<Key> keys_;
  std::map<std::string, Value> values_;
  std::vector<std::string> errors_;
  bool others_wrong_ = false;
};

}  // namespace pel::launch
