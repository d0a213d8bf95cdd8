// A job from its command line to its exit code: what pel::Job is a typed face of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/function_ref.hpp"
#include "engine/result_check.hpp"
#include "pel/error.hpp"

namespace pel::base {
class Fault;
class OptionTable;
struct OptionInfo;
}  // namespace pel::base

namespace pel::engine {

class DrivenRun;
class HostedKernels;
class LastWord;
class World;
struct RunOutcome;
struct RunSettings;

// Thrown by world() when --help, --version or --print-options was asked for and has been answered.
struct Answered {};

// Thrown by run() when the job was told to stop, and has.
struct StoppedOnPurpose {};

// What is to be looked at when a job starts: see JobCore::at_start().
class StartedWithJob {
 public:
  virtual ~StartedWithJob() = default;
  virtual void start() = 0;
};

// Options are taken in any order until world() is first called; that closes their list, answers --help, --version and
// --print-options, and only then starts MPI. Used from the main thread.
class JobCore {
 public:
  JobCore(int argc, char const* const* argv);
  ~JobCore();
  JobCore(JobCore const&) = delete;
  JobCore& operator=(JobCore const&) = delete;

  void set_purpose(std::string purpose) { purpose_ = std::move(purpose); }

  // An option's values; see base::OptionTable. As a parameter it is part of who the job is, as it was typed. Flags are
  // best declared before positional options. Throws: UsageError; Misuse once the list is closed.
  [[nodiscard]] std::vector<std::string> take(base::OptionInfo const& info, bool parameter);
  // The same for a value that can be typed in several ways (.5, 0.50): `value` is its one canonical text.
  void add_parameter(std::string const& name, std::string value);
  // See pel::Job.
  [[nodiscard]] std::string take_argument(std::string const& name, std::string const& help);
  [[nodiscard]] std::vector<std::string> take_inputs(std::string const& name, std::string const& help,
                                                     std::string const& fallback);
  [[nodiscard]] std::int64_t take_integer(std::string const& name, std::int64_t fallback, std::int64_t least,
                                          std::int64_t most, std::string const& help);
  template <class Number>
  [[nodiscard]] Number take_number(std::string const& name, Number fallback, std::string const& help);
  [[nodiscard]] std::string take_text(std::string const& name, std::string const& fallback, std::string const& help);
  [[nodiscard]] bool take_flag(std::string const& name, std::string const& help);
  [[nodiscard]] std::string take_choice(std::string const& name, std::vector<std::string> const& words,
                                        std::string const& help);
  [[nodiscard]] bool only_answers() const;  // --help, --version, --print-options

  // Started once, when the list of options is closed and the ranks are there, before anything else is done; on all
  // ranks.
  void at_start(std::shared_ptr<StartedWithJob> part);

  // The ranks. The first call starts MPI and is collective. Throws: UsageError, Answered, MpiError; what those throw
  // that are called at the start.
  [[nodiscard]] World& world();
  [[nodiscard]] std::string const& app() const noexcept;
  [[nodiscard]] std::uint32_t partitions();  // P

  // The path of an output beside --output; empty where the option is not given. It may be no other output's, and must
  // be one that can be written before the first superstep.
  [[nodiscard]] std::string take_output(std::string const& name, std::string const& help);
  // From here on --output may not name HDF5: this job writes text. Throws: UsageError.
  void refuse_hdf5_outputs();

  // For loaders: whether a checkpoint will want to know what the input was, and what it was.
  [[nodiscard]] bool wants_input_digest();
  // How many lines of an input that make no sense are left out, and told; one more, and the job ends. Closes the list.
  [[nodiscard]] std::uint64_t max_bad();
  // How many bytes a line of an input may have. Closes the list.
  [[nodiscard]] std::uint64_t max_line();
  void add_input_digest(std::string const& digest);

  // Runs kernels to their end. A second run of a job needs a name of its own, which goes into the names of its outputs
  // before the ending: run "sort" writes result-sort.txt for result.txt. Collective: all ranks. Throws: see
  // engine/run.hpp; Misuse for the name; UsageError for an output that is a directory, WriteFailed for one that could
  // not be written. `check`: looks at the result; if it finds something wrong the job goes on, says what, and ends with
  // ExitCode::mismatch.
  RunOutcome const& run(HostedKernels& kernels, std::string const& name, ResultCheck const& check = {});

  // The run whose supersteps the program asks for one by one; it ends with the job. Its first use makes it.
  // Collective: all ranks. Throws: see DrivenRun.
  [[nodiscard]] DrivenRun& driven();
  // Waits for a checkpoint of that run, if there is one: before the program itself uses HDF5. Collective: all ranks.
  void settle_checkpoints();
  // That run was told to stop, and has. Throws: StoppedOnPurpose.
  [[noreturn]] void stop_driven();
  // The paths of --output.
  [[nodiscard]] std::vector<std::string> const& outputs();
  [[nodiscard]] std::uint64_t seed();

  // What a program's own check of a result says, the same on all ranks; empty: that it is right. A job that is not goes
  // on, says so, and ends with ExitCode::mismatch.
  void note_check(std::string const& mismatch) { note_check(true, mismatch); }

  // The same of what look() finds wrong, which is called on rank 0 alone, and may take as long as writing a file.
  // Collective: all ranks. Throws: on all of them what look() throws.
  void check_result(base::FunctionRef<std::string()> look);

  // Prints a line on stdout, once (rank 0).
  void say(std::string const& line);

  // The job is over: all ranks agree so, and the summary is written. Collective: all ranks, if MPI was started.
  void finish();

  // Of the result of the last run. Requires: there was one.
  [[nodiscard]] std::string const& digest() const;

  // What a job that did not fail ends with: done, or mismatch.
  [[nodiscard]] ExitCode verdict() const noexcept { return mismatch_.empty() ? ExitCode::done : ExitCode::mismatch; }

  // What became of the job, as an exit code; says on stderr, once, what went wrong. Other ranks that still wait for
  // this one get the same failure.
  [[nodiscard]] int fail(std::exception_ptr const& failure) noexcept;

 private:
  void announce_options();
  void take_engine_options();
  void take_checkpoint_options();
  void take_run_directory();
  void take_memory_options();
  void take_input_options();
  [[nodiscard]] std::string take_last(base::OptionInfo const& info);  // its last value, or the fallback
  void refuse_equal_paths() const;
  void refuse_name(std::string const& name) const;
  void refuse_unwritable(std::vector<std::string> const& outputs) const;
  void answer_help(std::size_t own_options) const;
  void write_summary();
  void sum_up_memory();
  [[nodiscard]] RunSettings begin_run(std::string const& name);
  void note_done(RunOutcome const& outcome);
  void add_up(RunOutcome const& outcome);
  void note_check(bool checked, std::string const& mismatch);
  [[nodiscard]] int say_stopped();
  void note_end(int code, std::string const& error) noexcept;
  void limit_way_out(int code) noexcept;
  void meet_to_fail(std::exception_ptr const& failure) noexcept;
  void start_mpi(base::Fault const& fault);
  [[nodiscard]] bool speaks() const;

  struct Mpi;
  std::unique_ptr<base::OptionTable> table_;
  std::unique_ptr<RunSettings> settings_;
  std::string purpose_, summary_path_, run_directory_;
  std::vector<std::pair<std::string, std::string>> more_outputs_;  // option, path
  std::string mismatch_;                                           // the first that a check found
  bool checked_ = false;
  int threads_ = 0;
  bool quiet_ = false, closed_ = false, told_ = false;  // told_: this rank has said why the job failed
  std::unique_ptr<LastWord> way_out_;  // of a failed job: it outlives mpi_, whose end may wait for ranks that are gone
  std::unique_ptr<Mpi> mpi_;
  std::unique_ptr<RunOutcome> total_;  // of the runs so far; none: there was no run
  std::unique_ptr<DrivenRun> driven_;
  std::vector<std::string> run_names_;
  std::vector<std::shared_ptr<StartedWithJob>> at_start_;
  double started_ = 0, load_seconds_ = -1;
};

extern template double JobCore::take_number(std::string const&, double, std::string const&);
extern template float JobCore::take_number(std::string const&, float, std::string const&);

// Runs a job's body and turns what comes of it into an exit code.
[[nodiscard]] int run_main(int argc, char const* const* argv, base::FunctionRef<void(JobCore&)> body);

}  // namespace pel::engine
