// The options that every job has: what the engine is told on the command line.
#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <limits>
#include <set>

#include "base/option_table.hpp"
#include "engine/job_core.hpp"
#include "engine/memory.hpp"
#include "engine/settings.hpp"
#include "pel/error.hpp"

namespace pel::engine {
namespace {

base::OptionInfo const quiet_option{.name = "quiet", .help = "say nothing but errors"};
base::OptionInfo const help_option{.name = "help", .help = "print this and stop"};
base::OptionInfo const version_option{.name = "version", .help = "print the version and stop"};
base::OptionInfo const print_options_option{.name = "print-options", .help = "print all options as JSON and stop"};
base::OptionInfo const overwrite_option{.name = "checkpoint-overwrite",
                                        .help = "a fresh start may put checkpoints of another job aside"};
base::OptionInfo const resume_option{.name = "resume",
                                     .value = "auto",
                                     .help = "go on from the newest checkpoint; auto: start afresh if there is none",
                                     .value_optional = true};
base::OptionInfo const verify_option{.name = "verify", .value = "GOLDEN", .value_optional = true};  // of some jobs

constexpr std::uint64_t least_memory = std::uint64_t{64} << 10U;

void must_not_be_empty(std::string const& option, std::string const& value, std::string const& example) {
  if (value.empty()) throw UsageError(option, "needs a value: " + option + "=" + example);
}

// The shortest text that is read as this number again: 0.85, 1e-300.
template <class Number>
std::string shortest(Number value) {
  std::array<char, 64> text{};
  auto const end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

}  // namespace

void JobCore::announce_options() {
  table_->announce({quiet_option, help_option, version_option, print_options_option, overwrite_option, resume_option,
                    verify_option});
}

std::string JobCore::take_argument(std::string const& name, std::string const& help) {
  auto const values = take({.name = name, .value = "TEXT", .help = help, .required = true, .positional = true}, true);
  return values.empty() ? "" : values.front();
}

std::vector<std::string> JobCore::take_inputs(std::string const& name, std::string const& help,
                                              std::string const& fallback) {
  auto values = take({.name = name,
                      .value = "FILE",
                      .fallback = fallback,
                      .help = help,
                      .required = fallback.empty(),
                      .positional = true,
                      .may_repeat = true},
                     false);
  if (values.empty()) values.push_back(fallback);
  return values;
}

std::int64_t JobCore::take_integer(std::string const& name, std::int64_t fallback, std::int64_t least,
                                   std::int64_t most, std::string const& help) {
  auto const values = take({.name = name, .value = "N", .fallback = std::to_string(fallback), .help = help}, false);
  auto const value = values.empty() ? fallback : base::to_integer(name, values.back(), least, most);
  add_parameter(name, std::to_string(value));
  return value;
}

template <class Number>
Number JobCore::take_number(std::string const& name, Number fallback, std::string const& help) {
  auto const values = take({.name = name, .value = "X", .fallback = shortest(fallback), .help = help}, false);
  auto const value = values.empty() ? fallback : static_cast<Number>(base::to_number(name, values.back()));
  add_parameter(name, shortest(value));
  return value;
}
template double JobCore::take_number(std::string const&, double, std::string const&);
template float JobCore::take_number(std::string const&, float, std::string const&);

std::string JobCore::take_text(std::string const& name, std::string const& fallback, std::string const& help) {
  auto const values = take({.name = name, .value = "TEXT", .fallback = fallback, .help = help}, true);
  return values.empty() ? fallback : values.back();
}

bool JobCore::take_flag(std::string const& name, std::string const& help) {
  return !take({.name = name, .help = help}, true).empty();
}

std::string JobCore::take_choice(std::string const& name, std::vector<std::string> const& words,
                                 std::string const& help) {
  std::string list;
  for (auto const& word : words) list += (list.empty() ? "" : "|") + word;
  auto const values = take({.name = name, .value = list, .fallback = words.front(), .help = help}, true);
  return values.empty() ? words.front() : base::to_choice(name, values.back(), words);
}

std::string JobCore::take_last(base::OptionInfo const& info) {
  auto const values = table_->take(info);
  return values.empty() ? info.fallback : values.back();
}

void JobCore::take_engine_options() {
  settings_->outputs =
      table_->take({.name = "output",
                    .value = "FILE",
                    .help = "write the result: .h5 and .hdf5 are HDF5, else text; of datasets, DIR/ gets "
                            "a file a partition, DIR.h5/ of HDF5, and .gz and .zst are packed",
                    .may_repeat = true});
  auto const summary = table_->take({.name = "summary", .value = "FILE", .help = "write a summary of the run as JSON"});
  if (!summary.empty()) {
    summary_path_ = summary.back();
    must_not_be_empty("--summary", summary_path_, "FILE");
  }
  refuse_equal_paths();
  auto const threads = take_last({.name = "threads",
                                  .value = "N",
                                  .fallback = "auto",
                                  .help = "threads a rank; auto: the cores it may use, shared with its neighbours"});
  threads_ = threads == "auto" ? 0 : static_cast<int>(base::to_integer("threads", threads, 1, 4096));
  auto const partitions = take_last(
      {.name = "partitions", .value = "P", .fallback = "64", .help = "partitions of the job, at least one a rank"});
  settings_->partitions = static_cast<std::uint32_t>(base::to_integer("partitions", partitions, 1, 1 << 24));
  auto const seed = take_last({.name = "seed", .value = "N", .fallback = "1", .help = "of all random numbers"});
  settings_->seed =
      static_cast<std::uint64_t>(base::to_integer("seed", seed, 0, std::numeric_limits<std::int64_t>::max()));
  take_input_options();
  take_checkpoint_options();
  take_memory_options();
  quiet_ = !table_->take(quiet_option).empty();
  (void)table_->take(help_option);
  (void)table_->take(version_option);
  (void)table_->take(print_options_option);
}

void JobCore::take_input_options() {
  auto const max_bad = take_last({.name = "max-bad",
                                  .value = "N",
                                  .fallback = "0",
                                  .help = "lines of an input that make no sense are left out, and told: N at most"});
  settings_->max_bad =
      static_cast<std::uint64_t>(base::to_integer("max-bad", max_bad, 0, std::numeric_limits<std::int64_t>::max()));
  auto const max_line = base::to_bytes(
      "max-line", take_last({.name = "max-line",
                             .value = "SIZE",
                             .fallback = "16M",
                             .help = "bytes of a line of text at most (K, M, G: powers of 1024); each is held whole"}));
  settings_->max_line = std::min<std::uint64_t>(max_line, std::numeric_limits<std::int64_t>::max());
}

void JobCore::refuse_equal_paths() const {
  std::set<std::filesystem::path> known;
  auto const add = [&](std::string const& option, std::string const& path) {
    must_not_be_empty(option, path, "FILE");
    auto const named = path.substr(0, path.find_last_not_of('/') + 1);
    if (!known.insert(std::filesystem::path(named).lexically_normal()).second)
      throw UsageError(option, path + " is already the name of another output");
  };
  for (auto const& path : settings_->outputs) add("--output", path);
  for (auto const& [option, path] : more_outputs_) add(option, path);
  if (!summary_path_.empty()) add("--summary", summary_path_);
}

void JobCore::take_run_directory() {
  run_directory_ = take_last({.name = "run-dir",
                              .value = "DIR",
                              .fallback = "",
                              .help = "show status and signs of life there, and take DIR/ckpt for checkpoints"});
  auto const below = std::filesystem::path(run_directory_) / "ckpt";
  auto const by_default = run_directory_.empty() ? settings_->app + ".ckpt" : below.string();
  auto const asked = table_->take({.name = "checkpoint-dir",
                                   .value = "DIR",
                                   .fallback = "RUN_DIR/ckpt, or " + settings_->app + ".ckpt",
                                   .help = "where checkpoints are written and looked for"});
  settings_->checkpoint_dir = asked.empty() ? by_default : asked.back();
  must_not_be_empty("--checkpoint-dir", settings_->checkpoint_dir, "DIR");
  settings_->checkpoint_implied = asked.empty() && run_directory_.empty();
}

void JobCore::take_memory_options() {
  auto const memory = take_last({.name = "memory",
                                 .value = "SIZE",
                                 .fallback = "auto",
                                 .help = "of a rank for datasets, such as 500M, 4G (powers of 1024); what does not fit "
                                         "goes to disk; auto: 60 % of what is left, shared with its neighbours"});
  if (memory != "auto") settings_->memory = base::to_bytes("memory", memory);
  if (settings_->memory && *settings_->memory < least_memory)
    throw UsageError("--memory", memory + " is too little: at least 64K");
  auto const asked = table_->take({.name = "spill-dir",
                                   .value = "DIR",
                                   .fallback = "TMPDIR, else RUN_DIR, else .",
                                   .help = "where datasets go that do not fit into memory: a disk of this host"});
  settings_->spill_dir_asked = !asked.empty();
  settings_->spill_dir = asked.empty() ? default_spill_directory(run_directory_) : asked.back();
  must_not_be_empty("--spill-dir", settings_->spill_dir, "DIR");
}

void JobCore::take_checkpoint_options() {
  take_run_directory();
  auto const every =
      table_->take({.name = "checkpoint-every",
                    .value = "WHEN",
                    .fallback = "auto",
                    .help = "auto (by cost and failures), N supersteps, a time such as 30s or 5min, or off"});
  settings_->checkpoint_every = CheckpointEvery::parse(every.empty() ? "auto" : every.back());
  settings_->checkpoint_implied = settings_->checkpoint_implied && every.empty();
  settings_->checkpoint_keep = static_cast<int>(base::to_integer(
      "checkpoint-keep",
      take_last({.name = "checkpoint-keep", .value = "K", .fallback = "2", .help = "how many checkpoints stay"}), 1,
      1000));
  auto const mode = take_last({.name = "checkpoint-mode",
                               .value = "async|sync",
                               .fallback = "async",
                               .help = "write checkpoints beside the supersteps, from one or two copies of the "
                                       "state, or between them, from one; without room for one, from none"});
  settings_->checkpoint_mode = base::to_choice("checkpoint-mode", mode, {"async", "sync"}) == "sync"
                                   ? CheckpointMode::sync
                                   : CheckpointMode::async;
  auto const memory = take_last({.name = "checkpoint-memory",
                                 .value = "SIZE",
                                 .fallback = "auto",
                                 .help = "of a rank for copies of its state, such as 0, 500M, 4G (powers of 1024); "
                                         "auto: half of what is left, shared with its neighbours"});
  if (memory != "auto") settings_->checkpoint_memory = base::to_bytes("checkpoint-memory", memory);
  auto const compress = take_last({.name = "checkpoint-compress",
                                   .value = "off|zstd",
                                   .fallback = "off",
                                   .help = "compress what is worth it: less to write, more to compute"});
  settings_->checkpoint_compress = base::to_choice("checkpoint-compress", compress, {"off", "zstd"}) == "zstd";
  settings_->checkpoint_overwrite = !table_->take(overwrite_option).empty();
  auto const grace = take_last({.name = "stop-grace",
                                .value = "SECONDS",
                                .fallback = "120",
                                .help = "how long a superstep may take to end when the job is told to stop"});
  settings_->stop_grace = base::to_number("stop-grace", grace);
  auto const resume = table_->take(resume_option);
  if (!resume.empty())
    settings_->resume = resume.back().empty() || base::to_choice("resume", resume.back(), {"auto", "must"}) == "must"
                            ? Resume::must
                            : Resume::automatic;
  auto const rebuild =
      take_last({.name = "rebuild-at",
                 .value = "K",
                 .fallback = "",
                 .help = "remake all kernels from serialize() after superstep K: finds forgotten fields"});
  settings_->rebuild_at =
      rebuild.empty() ? -1 : base::to_integer("rebuild-at", rebuild, 0, std::numeric_limits<std::int64_t>::max());
}

}  // namespace pel::engine
