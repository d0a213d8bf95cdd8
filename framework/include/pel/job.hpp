// A job: its command line, its ranks, its runs, its exit code.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/function_ref.hpp"
#include "engine/job_core.hpp"

namespace pel {

namespace data {
class Flow;
}

// Options are declared and read in one call each (flags before arguments: so "--loud a.txt" is understood); the first
// collective call (run, or a collective loader) closes their list: then an unknown option is refused, --help is
// answered, and MPI starts. The engine adds its own: --output,
// --threads, --partitions, --seed, --checkpoint-every, --checkpoint-dir, --resume, --summary, --quiet and others.
// Used from the main thread, by all ranks alike.
class Job {
 public:
  explicit Job(engine::JobCore& core) : core_(core) {}

  // A line for --help that says what the program does.
  void describe(std::string purpose) { core_.set_purpose(std::move(purpose)); }

  // A text that must be given, bare or by name. Throws: UsageError.
  [[nodiscard]] std::string argument(std::string const& name, std::string const& help) {
    return core_.take_argument(name, help);
  }

  // Names of inputs, bare or by name; what they hold, not what they are called, is part of who the job is (their loader
  // says what that is). Without a fallback at least one must be given. Throws: UsageError.
  [[nodiscard]] std::vector<std::string> inputs(std::string const& name, std::string const& help,
                                                std::string const& fallback = {}) {
    return core_.take_inputs(name, help, fallback);
  }

  // An option with a default: a whole number, a floating-point number or a text. Throws: UsageError.
  template <class T>
  [[nodiscard]] auto option(std::string const& name, T fallback, std::string const& help) {
    if constexpr (std::is_integral_v<T>)
      return static_cast<T>(core_.take_integer(name, static_cast<std::int64_t>(fallback), least<T>(), most<T>(), help));
    else if constexpr (std::is_floating_point_v<T>)
      return core_.take_number(name, fallback, help);
    else
      return core_.take_text(name, std::string(fallback), help);
  }

  // One of a few words. Throws: UsageError.
  [[nodiscard]] std::string choice(std::string const& name, std::vector<std::string> const& words,
                                   std::string const& help) {
    return core_.take_choice(name, words, help);
  }

  // The path of an output beside --output, which is no part of who the job is; empty where it is not given.
  [[nodiscard]] std::string output_file(std::string const& name, std::string const& help) {
    return core_.take_output(name, help);
  }

  // Whether --name stands on the command line.
  [[nodiscard]] bool flag(std::string const& name, std::string const& help) { return core_.take_flag(name, help); }

  // Makes a kernel for each partition of this rank with make(Partition) and runs supersteps until all have halted and
  // no message is under way; writes the outputs. Returns the aggregate of the last superstep. A second run of a job
  // needs a name, so that checkpoints and outputs of the two do not meet: run "sort" writes result-sort.txt for
  // --output=result.txt. Collective: all ranks. Throws: on all ranks the same; see
  // engine/run.hpp. `check`: looks at the result (engine/result_check.hpp).
  // Include <pel/run.hpp>, or <pel/pel.hpp>.
  template <class Make>
  auto run(Make make, std::string const& name = {}, engine::ResultCheck const& check = {});

  // Prints a line on stdout, once for all ranks.
  void say(std::string const& line) { core_.say(line); }

  // The paths of --output. Closes the list of options, as a run does.
  [[nodiscard]] std::vector<std::string> const& output() { return core_.outputs(); }

  // The same for a job that writes text. Throws: UsageError for a name that asks for HDF5.
  [[nodiscard]] std::vector<std::string> const& text_output() {
    core_.refuse_hdf5_outputs();
    return core_.outputs();
  }

  // The value of --seed: from which all random numbers of the job come. Closes the list of options.
  [[nodiscard]] std::uint64_t seed() { return core_.seed(); }

  // What a program's own check of its result found, the same on all ranks; empty: nothing. The job goes on, says so,
  // and ends with exit code 1.
  void note_check(std::string const& mismatch) { core_.note_check(mismatch); }

  // Where datasets keep what goes on between supersteps; made by the first of them (pel/dataset.hpp).
  [[nodiscard]] std::shared_ptr<data::Flow>& flow() noexcept { return flow_; }
  // What a loader needs.
  [[nodiscard]] engine::JobCore& core() noexcept { return core_; }

 private:
  template <class T>
  static constexpr std::int64_t least() {
    return std::is_signed_v<T> ? static_cast<std::int64_t>(std::numeric_limits<T>::min()) : 0;
  }
  template <class T>
  static constexpr std::int64_t most() {
    return sizeof(T) == 8 ? std::numeric_limits<std::int64_t>::max()
                          : static_cast<std::int64_t>(std::numeric_limits<T>::max());
  }
  engine::JobCore& core_;
  std::shared_ptr<data::Flow> flow_;
};

// A program's main(): runs the body and turns every failure into words on stderr and an exit code (pel/error.hpp).
inline int main(int argc, char const* const* argv, base::FunctionRef<void(Job&)> body) {
  return engine::run_main(argc, argv, [&](engine::JobCore& core) {
    Job job(core);
    body(job);
  });
}

}  // namespace pel
