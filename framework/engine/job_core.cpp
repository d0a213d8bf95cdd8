#include "engine/job_core.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>

#include "base/digest.hpp"
#include "base/machine.hpp"
#include "engine/world.hpp"
#include "pel/error.hpp"
#include "store/result_file.hpp"

namespace pel::engine {
namespace {

std::string program_name(char const* const* argv, int argc) {
  return argc > 0 ? std::filesystem::path(argv[0]).filename().string() : "pel";
}

template <class Error>
bool code_if(std::exception const& error, int& code) {
  if (dynamic_cast<Error const*>(&error) == nullptr) return false;
  code = static_cast<int>(Error::exit_code);
  return true;
}

int exit_code_of(std::exception const& error) {
  int code = static_cast<int>(ExitCode::software);
  (void)(code_if<UsageError>(error, code) || code_if<BadData>(error, code) || code_if<MissingInput>(error, code) ||
         code_if<NoCheckpoint>(error, code) || code_if<KernelFailed>(error, code) || code_if<Misuse>(error, code) ||
         code_if<MpiError>(error, code) || code_if<SystemError>(error, code) || code_if<WriteFailed>(error, code) ||
         code_if<ConfigError>(error, code) || code_if<ForeignCheckpoint>(error, code) ||
         code_if<DirectoryInUse>(error, code) || code_if<LostLease>(error, code));
  return code;
}

base::OptionInfo const quiet_option{.name = "quiet", .help = "say nothing but errors"};
base::OptionInfo const help_option{.name = "help", .help = "print this and stop"};
base::OptionInfo const version_option{.name = "version", .help = "print the version and stop"};
base::OptionInfo const resume_option{.name = "resume",
                                     .value = "auto",
                                     .help = "go on from the newest checkpoint; auto: start afresh if there is none",
                                     .value_optional = true};

void must_not_be_empty(std::string const& option, std::string const& value, std::string const& example) {
  if (value.empty()) throw UsageError(option, "needs a value: " + option + "=" + example);
}

// What several runs write goes into files of their own: run "sort" writes result-sort.txt for result.txt.
std::string output_of_run(std::string const& path, std::string const& run) {
  if (run.empty()) return path;
  std::filesystem::path const whole(path);
  return (whole.parent_path() / (whole.stem().string() + "-" + run + whole.extension().string())).string();
}

}  // namespace

// In this order: the world goes before MPI ends.
struct JobCore::Mpi {
  comm::Session session;
  World world;
  Mpi(int threads, base::Log const& log, base::Fault const& fault)
      : world(comm::Communicator::world(), threads, log, fault) {}
};

JobCore::JobCore(int argc, char const* const* argv) : table_(argc, argv) {
  settings_.app = program_name(argv, argc);
  table_.announce({quiet_option, help_option, version_option, resume_option});
}
JobCore::~JobCore() = default;

std::vector<std::string> JobCore::take(base::OptionInfo const& info, bool parameter) {
  if (closed_) throw Misuse("option --" + info.name + " is declared after the job has started");
  auto values = table_.take(info);
  if (parameter) {
    std::string text;
    for (auto const& value : values) text += (text.empty() ? "" : ",") + value;
    add_parameter(info.name, values.empty() ? info.fallback : text);
  }
  return values;
}

std::string JobCore::take_last(base::OptionInfo const& info) {
  auto const values = table_.take(info);
  return values.empty() ? info.fallback : values.back();
}

bool JobCore::only_answers() const { return table_.asks_for("help") || table_.asks_for("version"); }

bool JobCore::speaks() const { return mpi_ ? mpi_->world.rank() == 0 : base::launched_rank().value_or(0) == 0; }

void JobCore::take_engine_options() {
  settings_.outputs = table_.take({.name = "output",
                                   .value = "FILE",
                                   .help = "write the result: .h5 and .hdf5 are HDF5, else text",
                                   .may_repeat = true});
  auto const summary = table_.take({.name = "summary", .value = "FILE", .help = "write a summary of the run as JSON"});
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
  settings_.partitions = static_cast<std::uint32_t>(base::to_integer("partitions", partitions, 1, 1 << 24));
  auto const seed = take_last({.name = "seed", .value = "N", .fallback = "1", .help = "of all random numbers"});
  settings_.seed =
      static_cast<std::uint64_t>(base::to_integer("seed", seed, 0, std::numeric_limits<std::int64_t>::max()));
  take_checkpoint_options();
  quiet_ = !table_.take(quiet_option).empty();
  (void)table_.take(help_option);
  (void)table_.take(version_option);
}

void JobCore::refuse_equal_paths() const {
  std::set<std::filesystem::path> known;
  auto const add = [&](std::string const& option, std::string const& path) {
    must_not_be_empty(option, path, "FILE");
    if (!known.insert(std::filesystem::path(path).lexically_normal()).second)
      throw UsageError(option, path + " is already the name of another output");
  };
  for (auto const& path : settings_.outputs) add("--output", path);
  if (!summary_path_.empty()) add("--summary", summary_path_);
}

void JobCore::take_checkpoint_options() {
  auto const every = take_last({.name = "checkpoint-every",
                                .value = "N",
                                .fallback = "off",
                                .help = "checkpoint after every N supersteps, or off"});
  settings_.checkpoint_every =
      every == "off" ? 0 : base::to_integer("checkpoint-every", every, 1, std::numeric_limits<std::int64_t>::max());
  settings_.checkpoint_dir = take_last({.name = "checkpoint-dir",
                                        .value = "DIR",
                                        .fallback = settings_.app + ".ckpt",
                                        .help = "where checkpoints are written and looked for"});
  must_not_be_empty("--checkpoint-dir", settings_.checkpoint_dir, "DIR");
  auto const resume = table_.take(resume_option);
  if (!resume.empty())
    settings_.resume = resume.back().empty() || base::to_choice("resume", resume.back(), {"auto", "must"}) == "must"
                           ? Resume::must
                           : Resume::automatic;
  auto const rebuild =
      take_last({.name = "rebuild-at",
                 .value = "K",
                 .fallback = "",
                 .help = "remake all kernels from serialize() after superstep K: finds forgotten fields"});
  settings_.rebuild_at =
      rebuild.empty() ? -1 : base::to_integer("rebuild-at", rebuild, 0, std::numeric_limits<std::int64_t>::max());
}

void JobCore::answer_help() const {
  if (!speaks()) return;
  auto const text =
      table_.asks_for("help") ? table_.help(settings_.app, purpose_) : settings_.app + " (PEL " + PEL_VERSION + ")\n";
  std::fwrite(text.data(), 1, text.size(), stdout);
}

World& JobCore::world() {
  if (mpi_) return mpi_->world;
  if (!closed_) {
    closed_ = true;
    take_engine_options();
    if (only_answers()) {
      answer_help();
      throw Answered{};
    }
    table_.close();
  }
  started_ = base::monotonic_seconds();
  auto const loud = quiet_ ? base::LogLevel::warnings : base::LogLevel::info;
  base::Fault const fault;
  mpi_ = std::make_unique<Mpi>(threads_, base::Log(settings_.app, speaks() ? loud : base::LogLevel::silent), fault);
  return mpi_->world;
}

std::uint32_t JobCore::partitions() {
  (void)world();
  return settings_.partitions;
}

bool JobCore::wants_input_digest() {
  (void)world();
  return settings_.checkpoint_every > 0 || settings_.resume != Resume::no;
}

void JobCore::add_input_digest(std::string const& digest) {
  settings_.input_digest += (settings_.input_digest.empty() ? "" : " ") + digest;
}

void JobCore::refuse_name(std::string const& name) const {
  if (std::find(run_names_.begin(), run_names_.end(), name) != run_names_.end())
    throw Misuse("a second run of a job needs a name of its own: job.run(make, \"name\")");
  if (name.starts_with('.') || name.find('/') != std::string::npos)
    throw Misuse("\"" + name + "\" cannot name a run: it becomes part of file names");
}

void JobCore::refuse_unwritable(std::vector<std::string> const& outputs) const {
  auto const check = [](std::string const& option, std::string const& path) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) throw UsageError(option, path + " is a directory");
    store::must_be_writable(path);
  };
  for (auto const& path : outputs) check("--output", path);
  if (!summary_path_.empty()) check("--summary", summary_path_);
}

RunOutcome const& JobCore::run(HostedKernels& kernels, std::string const& name) {
  auto& ranks = world();
  ranks.together(Site::start, "start", [&] { refuse_name(name); });
  auto settings = settings_;
  for (auto& path : settings.outputs) path = output_of_run(path, name);
  // A long run that could not write its result had better not begin.
  ranks.together(Site::start, "output", [&] {
    if (ranks.rank() == 0) refuse_unwritable(settings.outputs);
  });
  settings.run_name = name;
  // Whoever stopped in the first run has no checkpoint of the second yet.
  if (!run_names_.empty() && settings.resume == Resume::must) settings.resume = Resume::automatic;
  run_names_.push_back(name);
  auto const before = base::monotonic_seconds() - started_;
  auto const outcome = engine::run(ranks, settings, kernels);
  if (load_seconds_ < 0) load_seconds_ = before + outcome.construct_seconds;
  if (!total_) {
    total_ = outcome;
  } else {
    total_->supersteps += outcome.supersteps;
    total_->run_seconds += outcome.run_seconds;
    total_->checkpoint_seconds += outcome.checkpoint_seconds;
    total_->write_seconds += outcome.write_seconds;
    total_->digest = outcome.digest;
  }
  ranks.log().info(fmt::format("{} supersteps on {} partitions, {} ranks x {} threads: load {:.3f} s, run {:.3f} s",
                               outcome.supersteps, settings.partitions, ranks.ranks(), ranks.workers().threads(),
                               load_seconds_, outcome.run_seconds));
  return *total_;
}

void JobCore::say(std::string const& line) {
  if (!speaks()) return;
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fputc('\n', stdout);
  std::fflush(stdout);
}

void JobCore::finish() {
  auto& ranks = world();  // a body that never ran anything still answers --help and refuses unknown options
  ranks.together(Site::end, "end", [] {});
  if (!summary_path_.empty() && total_) write_summary();
}

void JobCore::write_summary() {
  auto& ranks = mpi_->world;
  std::uint64_t peak = 0;
  for (auto const& text : ranks.communicator().all_gather(std::to_string(base::peak_rss_bytes())))
    peak += std::stoull(text);
  ranks.together(Site::end, "summary", [&] {
    if (ranks.rank() != 0) return;
    nlohmann::ordered_json const summary{{"app", settings_.app},
                                         {"version", PEL_VERSION},
                                         {"ranks", ranks.ranks()},
                                         {"threads", ranks.workers().threads()},
                                         {"partitions", settings_.partitions},
                                         {"supersteps", total_->supersteps},
                                         {"last_superstep", total_->last_superstep},
                                         {"resumed_from", total_->resumed_from},
                                         {"load_seconds", load_seconds_},
                                         {"run_seconds", total_->run_seconds},
                                         {"checkpoint_seconds", total_->checkpoint_seconds},
                                         {"write_seconds", total_->write_seconds},
                                         {"peak_rss_bytes", peak},
                                         {"digest", total_->digest}};
    std::ofstream file(summary_path_);
    file << summary.dump(2) << '\n';
    file.close();
    if (!file) throw WriteFailed(summary_path_, errno, std::generic_category().message(errno));
  });
}

int JobCore::fail(std::exception_ptr const& failure) noexcept {
  try {
    try {
      std::rethrow_exception(failure);
    } catch (Answered const&) {
      return static_cast<int>(ExitCode::done);
    } catch (MpiError const&) {
      throw;
    } catch (...) {
      if (mpi_ && !mpi_->world.agreement().failed()) mpi_->world.join_with(failure, "main");
      throw;
    }
  } catch (std::exception const& error) {
    auto const code = exit_code_of(error);
    bool const alone = dynamic_cast<MpiError const*>(&error) != nullptr && mpi_ && !mpi_->world.agreement().failed();
    if (speaks() || alone) fmt::print(stderr, "error: {}\n", error.what());
    if (alone) mpi_->world.communicator().abort(code);  // the others cannot be reached any more
    return code;
  } catch (...) {
    if (speaks()) fmt::print(stderr, "error: something that is no std::exception was thrown\n");
    return static_cast<int>(ExitCode::software);
  }
}

int run_main(int argc, char const* const* argv, std::function<void(JobCore&)> const& body) {
  JobCore core(argc, argv);
  try {
    body(core);
    core.finish();
    return static_cast<int>(ExitCode::done);
  } catch (...) {
    return core.fail(std::current_exception());
  }
}

}  // namespace pel::engine
