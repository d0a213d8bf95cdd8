#include "engine/job_core.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "base/digest.hpp"
#include "base/failure_code.hpp"
#include "base/fault.hpp"
#include "base/machine.hpp"
#include "base/option_table.hpp"
#include "base/signals.hpp"
#include "engine/driven_run.hpp"
#include "engine/last_word.hpp"
#include "engine/option_list.hpp"
#include "engine/ownership.hpp"
#include "engine/run.hpp"
#include "engine/run_outcome.hpp"
#include "engine/settings.hpp"
#include "engine/watch.hpp"
#include "engine/world.hpp"
#include "pel/error.hpp"
#include "store/hdf5_library.hpp"
#include "store/parts_directory.hpp"
#include "store/result_file.hpp"
#include "store/result_name.hpp"

namespace pel::engine {
namespace {

std::string program_name(char const* const* argv, int argc) {
  return argc > 0 ? std::filesystem::path(argv[0]).filename().string() : "pel";
}

// What several runs write goes into files of their own: run "sort" writes result-sort.txt for result.txt.
std::string output_of_run(std::string const& path, std::string const& run) {
  if (run.empty()) return path;
  std::filesystem::path const whole(path);
  return (whole.parent_path() / (whole.stem().string() + "-" + run + whole.extension().string())).string();
}

}  // namespace

// In this order: signals are handled before MPI starts, and the world goes before MPI ends.
struct JobCore::Mpi {
  base::Signals signals;
  Watch watch{signals};
  comm::Session session;
  World world;
  Ownership ownership;
  Mpi(int threads, base::Log const& log, base::Fault const& fault, RunSettings const& settings)
      : world(comm::Communicator::world(), threads, log, fault),
        ownership(world, settings.checkpoint_dir, settings.app) {
    store::open_hdf5_library();
    world.on_progress([this] { watch.advance(); });
  }
};

JobCore::JobCore(int argc, char const* const* argv)
    : table_(std::make_unique<base::OptionTable>(argc, argv)), settings_(std::make_unique<RunSettings>()) {
  settings_->app = program_name(argv, argc);
  announce_options();
}
JobCore::~JobCore() = default;

void JobCore::add_parameter(std::string const& name, std::string value) {
  settings_->parameters.emplace_back(name, std::move(value));
}

std::string const& JobCore::app() const noexcept { return settings_->app; }

std::string const& JobCore::digest() const { return total_->digest; }

std::vector<std::string> JobCore::take(base::OptionInfo const& info, bool parameter) {
  if (closed_) throw Misuse("option --" + info.name + " is declared after the job has started");
  auto values = table_->take(info);
  if (parameter) {
    std::string text;
    for (auto const& value : values) text += (text.empty() ? "" : ",") + value;
    add_parameter(info.name, values.empty() ? info.fallback : text);
  }
  return values;
}

std::string JobCore::take_output(std::string const& name, std::string const& help) {
  auto const values = take({.name = name, .value = "FILE", .help = help}, false);
  if (values.empty()) return {};
  more_outputs_.emplace_back("--" + name, values.back());
  return values.back();
}

void JobCore::refuse_hdf5_outputs() {
  for (auto const& path : outputs())
    if (store::is_hdf5_result(path))
      throw UsageError("--output", path + ": this job writes text; give it another name");
}

bool JobCore::only_answers() const { return table_->only_asks(); }

bool JobCore::speaks() const { return mpi_ ? mpi_->world.rank() == 0 : base::launched_rank().value_or(0) == 0; }

void JobCore::answer_help(std::size_t own_options) const {
  if (!speaks()) return;
  auto text = settings_->app + " (PEL " + PEL_VERSION + ")\n";
  if (table_->asks_for("print-options")) text = option_list(settings_->app, table_->declared(), own_options);
  if (table_->asks_for("help")) text = table_->help(settings_->app, purpose_);
  std::fwrite(text.data(), 1, text.size(), stdout);
}

void JobCore::at_start(std::shared_ptr<StartedWithJob> part) { at_start_.push_back(std::move(part)); }

World& JobCore::world() {
  if (mpi_) return mpi_->world;
  if (!closed_) {
    closed_ = true;
    auto const own_options = table_->declared().size();
    take_engine_options();
    if (only_answers()) {
      answer_help(own_options);
      throw Answered{};
    }
    table_->close();
  }
  started_ = base::monotonic_seconds();
  start_mpi(base::Fault());
  auto& ranks = mpi_->world;
  ranks.together(Site::start, "run directory", [&] {
    mpi_->watch.open(run_directory_, ranks.rank(), ranks.ranks(), incarnation_of_launcher(), ranks.log(),
                     settings_->stop_grace);
  });
  mpi_->watch.enter(store::Phase::load);
  for (auto const& part : at_start_) part->start();
  return ranks;
}

void JobCore::start_mpi(base::Fault const& fault) {
  auto const loud = quiet_ ? base::LogLevel::warnings : base::LogLevel::info;
  base::Log const log(settings_->app, speaks() ? loud : base::LogLevel::silent);
  mpi_ = std::make_unique<Mpi>(threads_, log, fault, *settings_);
}

std::uint32_t JobCore::partitions() {
  (void)world();
  return settings_->partitions;
}

bool JobCore::wants_input_digest() {
  (void)world();
  return true;  // any job may be told to stop, and then writes a checkpoint
}

std::uint64_t JobCore::max_bad() {
  (void)world();
  return settings_->max_bad;
}

std::uint64_t JobCore::max_line() {
  (void)world();
  return settings_->max_line;
}

void JobCore::add_input_digest(std::string const& digest) {
  settings_->input_digest += (settings_->input_digest.empty() ? "" : " ") + digest;
  if (driven_) driven_->add_input(digest);
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
    auto const there = std::filesystem::status(path, ignored);
    if (std::filesystem::is_directory(there)) throw UsageError(option, path + " is a directory");
    if (std::filesystem::exists(there) && !std::filesystem::is_regular_file(there))
      throw UsageError(option, path + " is no file: a result takes the place of what has its name");
    store::must_be_writable(path);
  };
  auto const check_result = [&](std::string const& option, std::string const& path) {
    if (auto const problem = store::problem_of_name(path); !problem.empty()) throw UsageError(option, problem);
    if (store::asks_for_parts(path)) return store::must_take_parts(path);
    check(option, path);
  };
  for (auto const& path : outputs) check_result("--output", path);
  for (auto const& [option, path] : more_outputs_) check_result(option, path);
  if (!summary_path_.empty()) check("--summary", summary_path_);
}

// Collective: all ranks.
RunSettings JobCore::begin_run(std::string const& name) {
  auto& ranks = world();
  ranks.together(Site::start, "start", [&] { refuse_name(name); });
  auto settings = *settings_;
  for (auto& path : settings.outputs) path = output_of_run(path, name);
  // A long run that could not write its result had better not begin.
  ranks.together(Site::start, "output", [&] {
    if (ranks.rank() == 0) refuse_unwritable(settings.outputs);
  });
  settings.run_name = name;
  // Whoever stopped in the first run has no checkpoint of the second yet.
  if (!run_names_.empty() && settings.resume == Resume::must) settings.resume = Resume::automatic;
  run_names_.push_back(name);
  return settings;
}

void JobCore::note_done(RunOutcome const& outcome) {
  auto& ranks = world();
  ranks.log().info(fmt::format("{} supersteps on {} partitions, {} ranks x {} threads: load {:.3f} s, run {:.3f} s",
                               outcome.supersteps, settings_->partitions, ranks.ranks(), ranks.workers().threads(),
                               load_seconds_, outcome.run_seconds));
}

RunOutcome const& JobCore::run(HostedKernels& kernels, std::string const& name, ResultCheck const& check) {
  for (auto const& path : outputs())
    if (store::asks_for_parts(path))
      throw UsageError("--output", path + ": the result of this job is one file; leave out the / at the end");
    else if (store::without_packing(path) != path)
      throw UsageError("--output", path + ": the result of this job is not packed; leave out the last ending");
  settle_checkpoints();
  auto const settings = begin_run(name);
  auto const before = base::monotonic_seconds() - started_;
  auto const outcome = engine::run(world(), settings, kernels, mpi_->ownership, mpi_->watch, check);
  if (load_seconds_ < 0) load_seconds_ = before + outcome.construct_seconds;
  add_up(outcome);
  if (outcome.stopped != Stopped::no) throw StoppedOnPurpose{};
  note_done(outcome);
  note_check(static_cast<bool>(check), outcome.mismatch);
  return *total_;
}

DrivenRun& JobCore::driven() {
  if (driven_) return *driven_;
  auto settings = begin_run("");
  driven_ = std::make_unique<DrivenRun>(world(), std::move(settings), mpi_->ownership, mpi_->watch);
  if (load_seconds_ < 0) load_seconds_ = base::monotonic_seconds() - started_;
  return *driven_;
}

void JobCore::settle_checkpoints() {
  if (driven_) driven_->settle_checkpoints();
}

void JobCore::stop_driven() {
  add_up(driven_->stopped());
  throw StoppedOnPurpose{};
}

std::uint64_t JobCore::seed() {
  (void)world();
  return settings_->seed;
}

std::vector<std::string> const& JobCore::outputs() {
  (void)world();
  return settings_->outputs;
}

void JobCore::note_check(bool checked, std::string const& mismatch) {
  checked_ = checked_ || checked;
  if (mismatch.empty()) return;
  if (mismatch_.empty()) mismatch_ = mismatch;
  if (speaks()) fmt::print(stderr, "mismatch: {}\n", mismatch);
}

void JobCore::check_result(base::FunctionRef<std::string()> look) {
  auto& ranks = world();
  settle_checkpoints();
  mpi_->watch.enter(store::Phase::write);
  std::string mismatch;
  ranks.together(Site::end, "verify", [&] {
    if (ranks.rank() == 0) mismatch = look();
  });
  note_check(ranks.communicator().broadcast(mismatch, 0));
}

void JobCore::say(std::string const& line) {
  if (!speaks()) return;
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fputc('\n', stdout);
  std::fflush(stdout);
}

void JobCore::finish() {
  auto& ranks = world();  // a body that never ran anything still answers --help and refuses unknown options
  if (driven_) {
    auto const outcome = driven_->close();
    add_up(outcome);
    note_done(outcome);
    driven_.reset();
  }
  ranks.together(Site::end, "end", [] {});
  if (total_) sum_up_memory();
  if (!summary_path_.empty() && total_) write_summary();
  note_end(static_cast<int>(verdict()), mismatch_);
}

void JobCore::note_end(int code, std::string const& error) noexcept try {
  if (!mpi_) return;
  auto const stopped = code == static_cast<int>(ExitCode::stopped);
  auto const state = code == 0 ? store::RunState::done : stopped ? store::RunState::stopped : store::RunState::failed;
  mpi_->watch.note_outcome(state, code, error);
} catch (std::exception const&) {  // no memory: then whoever asks finds no outcome
}

// All ranks are here: the stop was agreed on.
int JobCore::say_stopped() {
  auto& ranks = mpi_->world;
  ranks.together(Site::end, "stopped", [] {});
  sum_up_memory();
  if (!summary_path_.empty()) write_summary();
  constexpr int killed_by_usr1 = 138;
  auto const good = total_->stopped == Stopped::with_checkpoint;
  auto const code = good ? static_cast<int>(ExitCode::stopped) : killed_by_usr1;
  auto const newest = total_->checkpoints.figures.newest;
  if (speaks() && good)
    fmt::print(stderr, "stopped on purpose with a checkpoint of superstep {}, exit {}. Continue with:  {}\n", newest,
               code, run_directory_.empty() ? "the same command and --resume" : "pel resume " + run_directory_);
  if (speaks() && !good)
    fmt::print(stderr,
               "error: told to stop, and no superstep ended in time: there is no checkpoint\n"
               "  next      start again; smaller supersteps, or a larger --stop-grace, let it stop in time\n");
  note_end(code, good ? "" : "stopped without a checkpoint");
  return code;
}

// MPI_Abort and MPI_Finalize wait for ranks and daemons, which may be gone, or cut off. Only of a rank that has said
// why the job failed: where another leaves first, the launcher ends this one before it could.
void JobCore::limit_way_out(int code) noexcept try {
  way_out_ = std::make_unique<LastWord>(code);
} catch (std::exception const&) {  // no thread to be had: then whoever started the ranks ends them
}

// A rank that failed before MPI began, as on a wrong option: where it left at once, the launcher would end the others,
// and rank 0 before it has said why. So rank 0 says it, and the ranks meet. One that waits in vain says it as well.
void JobCore::meet_to_fail(std::exception_ptr const& failure) noexcept try {
  try {
    std::rethrow_exception(failure);
  } catch (std::exception const& error) {
    auto const code = base::failure_code(error);
    told_ = speaks();
    if (told_) fmt::print(stderr, "error: {}\n", error.what());
    if (!base::launched_rank()) return;
    way_out_ = told_ ? std::make_unique<LastWord>(code)
                     : std::make_unique<LastWord>(error.what(), code, 4 * LastWord::patience);
    start_mpi(base::Fault(std::string()));
  }
} catch (...) {  // MPI does not begin: then each rank leaves alone
}

int JobCore::fail(std::exception_ptr const& failure) noexcept {
  try {
    try {
      std::rethrow_exception(failure);
    } catch (Answered const&) {
      return static_cast<int>(ExitCode::done);
    } catch (StoppedOnPurpose const&) {
      return say_stopped();
    } catch (MpiError const&) {
      throw;
    } catch (...) {
      if (!mpi_) meet_to_fail(failure);
      if (mpi_ && !mpi_->world.agreement().failed()) mpi_->world.join_with(failure, "main");
      throw;
    }
  } catch (std::exception const& error) {
    auto const code = base::failure_code(error);
    bool const alone = dynamic_cast<MpiError const*>(&error) != nullptr && mpi_ && !mpi_->world.agreement().failed();
    bool const tells = speaks() || alone;
    if (tells && !told_) fmt::print(stderr, "error: {}\n", error.what());
    note_end(code, error.what());
    way_out_.reset();
    if (tells) limit_way_out(code);
    if (alone) mpi_->world.communicator().abort(code);  // the others cannot be reached any more
    return code;
  } catch (...) {
    if (speaks()) fmt::print(stderr, "error: something that is no std::exception was thrown\n");
    return static_cast<int>(ExitCode::software);
  }
}

int run_main(int argc, char const* const* argv, base::FunctionRef<void(JobCore&)> body) {
  JobCore core(argc, argv);
  try {
    body(core);
    core.finish();
    return static_cast<int>(core.verdict());
  } catch (...) {
    return core.fail(std::current_exception());
  }
}

}  // namespace pel::engine
