// Runs kernels as a job of its own would, inside the test's process and on all its ranks, and gives what came of it.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/job_core.hpp"
#include "engine/run_outcome.hpp"
#include "pel/hosted_kernels.hpp"
#include "pel/partition.hpp"
#include "support/mpi_test.hpp"

namespace pel::test {

// A command line that stays while a job reads it.
class CommandLine {
 public:
  explicit CommandLine(std::vector<std::string> words) : words_(std::move(words)) {
    words_.insert(words_.begin(), "test");
    for (auto const& word : words_) pointers_.push_back(word.c_str());
  }
  [[nodiscard]] int argc() const { return static_cast<int>(pointers_.size()); }
  [[nodiscard]] char const* const* argv() const { return pointers_.data(); }

 private:
  std::vector<std::string> words_;
  std::vector<char const*> pointers_;
};

using Words = std::vector<std::string>;

[[nodiscard]] inline Words with(Words left, Words const& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

// A name in the scratch directory that no test has had; the same on all ranks, which call it equally often.
[[nodiscard]] inline std::string fresh_path(std::string const& ending) {
  static int n = 0;
  return (scratch() / ("file-" + std::to_string(n++) + ending)).string();
}

[[nodiscard]] inline std::string contents_of(std::string const& path) {
  std::stringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

// Injects a fault (base/fault.hpp) into the jobs that start while it lives.
class WithFault {
 public:
  explicit WithFault(std::string const& fault) { setenv("PEL_FAULT", fault.c_str(), 1); }
  ~WithFault() { unsetenv("PEL_FAULT"); }
  WithFault(WithFault const&) = delete;
  WithFault& operator=(WithFault const&) = delete;
};

template <class Kernel>
struct Ran {
  engine::RunOutcome outcome;
  typename Kernel::Aggregate aggregate;
  std::string text;  // the result as a text file has it
};

// Runs make(Partition) to the end, with these options beside --quiet and --output, in a job that is `prepared` before.
// Collective: all ranks. Throws: what the job throws.
template <class Make>
auto run_kernel(Words const& options, Make make, std::function<void(engine::JobCore&)> const& prepare = {}) {
  using Kernel = std::invoke_result_t<Make, Partition>;
  static_assert(is_kernel<Kernel>());
  auto const output = fresh_path(".txt");
  CommandLine const line(with({"--quiet", "--output", output}, options));
  engine::JobCore core(line.argc(), line.argv());
  if (prepare) prepare(core);
  HostedKernels<Kernel> kernels(std::move(make));
  Ran<Kernel> ran;
  ran.outcome = core.run(kernels, "");
  ran.aggregate = kernels.aggregate();
  core.finish();
  ran.text = contents_of(output);
  return ran;
}

// Threads and partitions to run a test with: P = 1 where one rank can hold it, 8 and 64, each on one thread and on two.
struct Shape {
  std::uint32_t partitions;
  int threads;
  [[nodiscard]] Words options() const {
    return {"--partitions", std::to_string(partitions), "--threads", std::to_string(threads)};
  }
};
[[nodiscard]] inline std::vector<Shape> shapes() {
  std::vector<Shape> all;
  for (std::uint32_t const partitions : {1U, 8U, 64U})
    for (int const threads : {1, 2})
      if (static_cast<int>(partitions) >= ranks()) all.push_back({partitions, threads});
  return all;
}

}  // namespace pel::test
