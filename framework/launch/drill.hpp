// A fire drill for an app: kills a rank, resumes on other rank counts, tears a file, and compares the answers' bits.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pel::launch {

struct DrillPlan {
  std::string app;                     // as `pel run` takes it
  std::vector<std::string> arguments;  // of the app
  int ranks = 4, partitions = 64;
  std::filesystem::path folder;  // for the runs of the drill
};

// Every step is a run of `pel` itself, in a process of its own. Prints a line a step on stdout.
class Drill {
 public:
  explicit Drill(DrillPlan plan) : plan_(std::move(plan)) {}

  // The exit code: done where all went as promised, mismatch where not, or that of the run without a fault if it
  // failed.
  [[nodiscard]] int run();

 private:
  struct Outcome {
    int code = 0;
    double seconds = 0;
    std::string digest;
    std::int64_t resumed_from = -1, superstep = -1;
    std::string text;  // what it said on stderr
  };
  using Environment = std::vector<std::pair<std::string, std::string>>;
  [[nodiscard]] Outcome pel(std::vector<std::string> const& words, std::string const& run,
                            Environment const& environment);
  [[nodiscard]] std::vector<std::string> run_words(std::string const& run, int ranks,
                                                   std::vector<std::string> const& own,
                                                   std::vector<std::string> const& of_app) const;
  [[nodiscard]] std::vector<std::string> checkpointing() const;
  [[nodiscard]] bool reference();
  [[nodiscard]] bool kill();
  [[nodiscard]] bool resume(int ranks);
  [[nodiscard]] bool torn();
  [[nodiscard]] std::optional<std::string> cost();
  void copy_killed(std::string const& run) const;
  bool tell(char const* step, std::string const& left, std::string const& right, bool good, Outcome const& outcome);

  DrillPlan plan_;
  std::string digest_, epoch_run_;
  std::int64_t kill_at_ = 0, every_ = 1, epoch_ = -1;
  int passed_ = 0, steps_ = 0, refused_ = 0;  // refused_: what the run without a fault ended with
};

}  // namespace pel::launch
