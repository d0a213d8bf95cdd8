#include "launch/drill.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

#include "base/machine.hpp"
#include "launch/app_options.hpp"
#include "launch/duration.hpp"
#include "launch/process.hpp"
#include "launch/saved.hpp"
#include "pel/error.hpp"
#include "store/run_status.hpp"

namespace pel::launch {
namespace {

namespace fs = std::filesystem;

constexpr double step_seconds = 3600;
constexpr std::size_t lines_shown = 20;

// The first of a digest's digits and the last: enough to compare by eye.
std::string brief(std::string const& digest) {
  return digest.size() < 10 ? digest : digest.substr(0, 4) + "…" + digest.substr(digest.size() - 2);
}

std::string last_lines(std::string const& text) {
  std::size_t at = text.size(), lines = 0;
  while (at > 0 && (text[at - 1] != '\n' || ++lines <= lines_shown)) --at;
  return text.substr(at);
}

fs::path largest_file(fs::path const& folder) {
  fs::path found;
  std::uintmax_t most = 0;
  for (auto const& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.file_size() <= most) continue;
    most = entry.file_size();
    found = entry.path();
  }
  return found;
}

}  // namespace

Drill::Outcome Drill::pel(std::vector<std::string> const& words, std::string const& run,
                          Environment const& environment) {
  Command command{.arguments = {(own_folder() / "pel").string()}, .environment = environment};
  command.arguments.insert(command.arguments.end(), words.begin(), words.end());
  if (environment.empty()) command.unset = {"PEL_FAULT"};
  auto const began = base::monotonic_seconds();
  auto const answer = ask(command, step_seconds);
  Outcome outcome{.code = answer.code, .seconds = base::monotonic_seconds() - began, .digest = "", .text = answer.err};
  if (auto const status = store::read_run_status(plan_.folder / run / "status.json")) {
    outcome.digest = status->digest;
    outcome.resumed_from = status->resumed_from;
    outcome.superstep = status->superstep;
  }
  return outcome;
}

std::vector<std::string> Drill::run_words(std::string const& run, int ranks, std::vector<std::string> const& own,
                                          std::vector<std::string> const& of_app) const {
  std::vector<std::string> words{"run", "--run-dir", (plan_.folder / run).string(), "--ranks", std::to_string(ranks)};
  words.insert(words.end(), own.begin(), own.end());
  words.push_back(plan_.app);
  words.insert(words.end(), plan_.arguments.begin(), plan_.arguments.end());
  words.insert(words.end(), of_app.begin(), of_app.end());
  return words;
}

bool Drill::tell(char const* step, std::string const& left, std::string const& right, bool good,
                 Outcome const& outcome) {
  ++steps_;
  if (good) ++passed_;
  fmt::print("  {:<10} {:<30} {}{}\n", step, left, right, good ? "" : "      FAILED");
  if (!good)
    fmt::print("exit {}, superstep {}, answer {}; its last lines:\n{}\n", outcome.code, outcome.superstep,
               outcome.digest, last_lines(outcome.text));
  std::fflush(stdout);
  return good;
}

bool Drill::reference() {
  auto const outcome = pel(run_words("reference", plan_.ranks, {}, {"--checkpoint-every=off"}), "reference", {});
  digest_ = outcome.digest;
  auto const supersteps = outcome.superstep + 1;
  kill_at_ = supersteps / 2;
  every_ = std::max<std::int64_t>(1, kill_at_ / 2);
  bool const good = outcome.code == 0 && !digest_.empty() && supersteps >= 2;
  refused_ = outcome.code;
  return tell("reference", fmt::format("{} ranks, no fault", plan_.ranks),
              fmt::format("answer {}    {}", brief(digest_), show_duration(outcome.seconds)), good, outcome);
}

// A checkpoint that is being written when the rank dies would not count: so that the drill always finds the same one.
std::vector<std::string> Drill::checkpointing() const {
  return {fmt::format("--checkpoint-every={}", every_), "--checkpoint-mode=sync"};
}

bool Drill::kill() {
  int const rank = plan_.ranks / 2;
  auto const fault = fmt::format("point=superstep,rank={},superstep={},action=kill", rank, kill_at_);
  auto const outcome =
      pel(run_words("killed", plan_.ranks, {"--attempts", "0"}, checkpointing()), "killed", {{"PEL_FAULT", fault}});
  auto const saved = saved_in(plan_.folder / "killed" / "ckpt");
  epoch_ = saved.superstep();
  epoch_run_ = saved.last;
  bool const good = outcome.code == 137 && epoch_ >= 0;
  return tell("kill", fmt::format("rank {} in superstep {}", rank, kill_at_),
              epoch_ < 0 ? "job lost, no checkpoint" : fmt::format("job lost, checkpoint {} found", epoch_), good,
              outcome);
}

void Drill::copy_killed(std::string const& run) const {
  fs::copy(plan_.folder / "killed", plan_.folder / run, fs::copy_options::recursive);
}

bool Drill::resume(int ranks) {
  auto const run = fmt::format("resumed-{}", ranks);
  copy_killed(run);
  auto const outcome = pel({"resume", (plan_.folder / run).string(), "--ranks", std::to_string(ranks)}, run, {});
  bool const same = outcome.code == 0 && outcome.digest == digest_;
  bool const good = same && outcome.resumed_from == epoch_;
  return tell("resume", fmt::format("{} rank{} from {}", ranks, ranks == 1 ? "" : "s", outcome.resumed_from),
              fmt::format("answer {}    {}", brief(outcome.digest), same ? "same bits" : "OTHER BITS"), good, outcome);
}

bool Drill::torn() {
  copy_killed("torn");
  auto const file = largest_file(plan_.folder / "torn" / "ckpt" / epoch_run_ / fmt::format("epoch-{:09d}", epoch_));
  fs::resize_file(file, fs::file_size(file) / 2);
  auto const outcome =
      pel(run_words("torn", plan_.ranks, {"--attempts", "0", "--resume=auto"}, checkpointing()), "torn", {});
  bool const same = outcome.code == 0 && outcome.digest == digest_;
  bool const good = same && outcome.resumed_from < epoch_;
  auto const fell_back = outcome.resumed_from < 0 ? std::string("started at superstep 0")
                                                  : fmt::format("fell back to {}", outcome.resumed_from);
  return tell("torn file", fmt::format("checkpoint {} truncated", epoch_),
              good ? "detected, " + fell_back + ", same bits" : "not as promised", good, outcome);
}

// What checkpoints, as they are by default, take of a run's time. None if that run does not end as it should.
std::optional<std::string> Drill::cost() {
  auto const summary = plan_.folder / "cost.json";
  auto const outcome = pel(run_words("cost", plan_.ranks, {},
                                     {fmt::format("--checkpoint-every={}", every_), "--summary=" + summary.string()}),
                           "cost", {});
  std::ifstream file(summary);
  auto const json = nlohmann::json::parse(file, nullptr, false);
  if (outcome.code != 0 || outcome.digest != digest_ || !json.contains("checkpoint")) return std::nullopt;
  auto const seconds = json.value("run_seconds", 0.0);
  auto const blocked = json["checkpoint"].value("blocked_seconds", 0.0);
  auto const count = json["checkpoint"].value("count", 0);
  if (count == 0 || seconds <= 0) return std::nullopt;
  return fmt::format("a checkpoint every {} supersteps, {:.1f} ms each, takes {:.1f} % of the time", every_,
                     1000 * blocked / count, 100 * blocked / (seconds + blocked));
}

int Drill::run() {
  bool good = reference() && kill();
  if (good) {
    int const fewer = std::max(1, plan_.ranks - 1);
    int const more = std::min(2 * plan_.ranks, plan_.partitions);
    good = resume(fewer);
    good = resume(more) && good;
    good = torn() && good;
  }
  auto const price = good ? cost() : std::nullopt;
  if (price)
    fmt::print("drill passed ({} of {})         {}\n", passed_, steps_, *price);
  else
    fmt::print("drill FAILED ({} of {} passed){}; its runs are kept in {}\n", passed_, steps_,
               good ? ": the run that measures the cost did not end well" : "", plan_.folder.string());
  if (refused_ != 0 && plan_.arguments.empty())
    fmt::print("  next      the app may need an input, as for pel run: pel drill {} OPTIONS\n",
               fs::path(plan_.app).filename().string());
  if (refused_ != 0) return refused_;
  return static_cast<int>(price ? ExitCode::done : ExitCode::mismatch);
}

}  // namespace pel::launch
