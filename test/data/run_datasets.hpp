// Runs a program of datasets as a job of its own would, inside the test's process and on all its ranks.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "../pel/run_kernel.hpp"
#include "comm/communicator.hpp"
#include "pel/dataset.hpp"

namespace pel::test {

// What a job left behind.
struct Done {
  std::string text;    // of its one output
  std::string digest;  // of its result
  std::string summary;

  friend bool operator==(Done const& a, Done const& b) { return a.text == b.text && a.digest == b.digest; }
};

// body(job) writes to job.output(). Collective: all ranks. Throws: what the job throws.
template <class Body>
Done run_datasets(Words const& options, Body const& body) {
  auto const output = fresh_path(".txt"), summary = fresh_path(".json");
  CommandLine const line(with({"--quiet", "--output", output, "--summary", summary}, options));
  Done done;
  {
    engine::JobCore core(line.argc(), line.argv());
    Job job(core);
    body(job);
    core.finish();
    done.digest = core.digest();
  }
  done.text = contents_of(output);
  done.summary = contents_of(summary);
  return done;
}

// Until all ranks are here. Collective: all ranks.
inline void meet() { (void)comm::Communicator::world().all_gather(""); }

// A file with that text, which all ranks see. Collective: all ranks.
[[nodiscard]] inline std::string text_file(std::string const& text) {
  auto path = fresh_path(".in");
  if (rank() == 0) std::ofstream(path, std::ios::binary) << text;
  meet();
  return path;
}

// 7 and 64 partitions, each on one thread and on two.
[[nodiscard]] inline std::vector<Shape> dataset_shapes() { return {{7, 1}, {7, 2}, {64, 1}, {64, 2}}; }

}  // namespace pel::test
