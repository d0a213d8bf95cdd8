// What is saved of a job: the newest checkpoint of each of its runs. A job that calls job.run(make, "sort") keeps that
// run's checkpoints in a folder of that name, within the directory of its checkpoints.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace pel::launch {

struct Saved {
  std::map<std::string, std::int64_t> newest{};  // by run; "" is the one without a name
  std::string last{};                            // the run whose checkpoint was committed last

  [[nodiscard]] bool any() const noexcept { return !newest.empty(); }
  // Of the checkpoint committed last; -1: there is none.
  [[nodiscard]] std::int64_t superstep() const;
  // Whether a run has a checkpoint that is newer than `before` had of it: then the job has got on. Supersteps of two
  // runs are never compared.
  // Example: {sort: 9, merge: 2} is beyond {sort: 9}, though 2 < 9.
  [[nodiscard]] bool beyond(Saved const& before) const;
};

// "checkpoint 7", "checkpoint 7 of run sort", "no checkpoint".
[[nodiscard]] std::string in_words(Saved const& saved);

// What the directory of a job's checkpoints holds.
[[nodiscard]] Saved saved_in(std::filesystem::path const& checkpoints);

// The directories that hold epochs: the directory itself, then those of named runs, by name. A directory without any
// is its own only one.
[[nodiscard]] std::vector<std::filesystem::path> homes_in(std::filesystem::path const& checkpoints);

}  // namespace pel::launch
