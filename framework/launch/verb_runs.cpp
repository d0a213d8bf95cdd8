#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "launch/duration.hpp"
#include "launch/exit_codes.hpp"
#include "launch/observed.hpp"
#include "launch/process.hpp"
#include "launch/run_directory.hpp"
#include "launch/saved.hpp"
#include "launch/verbs.hpp"
#include "pel/error.hpp"
#include "store/halt_request.hpp"
#include "store/run_status.hpp"

namespace pel::launch {
namespace {

constexpr int done = static_cast<int>(ExitCode::done);

std::string epoch_text(std::int64_t superstep) { return superstep < 0 ? "-" : std::to_string(superstep); }

using Events = std::vector<nlohmann::json>;

Events events_of(RunDirectory const& run) {
  Events events;
  std::ifstream file(run.events());
  for (std::string line; std::getline(file, line);)
    if (auto event = nlohmann::json::parse(line, nullptr, false); event.is_object()) events.push_back(std::move(event));
  return events;
}

// Where launches have begun, as their jobs said: by the position of their start among the events. That of the newest
// is in the status while it runs. Numbers of launches begin anew where checkpoints were deleted, so positions count.
std::map<std::size_t, std::int64_t> beginnings(Events const& events, std::optional<store::RunStatus> const& status) {
  std::map<std::size_t, std::int64_t> begun;
  std::optional<std::size_t> start;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (events[i].value("event", "") == "start") start = i;
    if (start && events[i].contains("resumed_from")) begun[*start] = events[i].value("resumed_from", -1);
  }
  bool const newest = start && status && events[*start].value("incarnation", 0) == status->incarnation;
  if (newest && (status->resumed_from >= 0 || status->superstep >= 0)) begun[*start] = status->resumed_from;
  return begun;
}

// `epoch`: the newest checkpoint that was there.
std::string from_where(std::int64_t epoch, std::optional<std::int64_t> begun) {
  if (!begun && epoch >= 0) return fmt::format("checkpoint {} is there", epoch);
  return begun.value_or(epoch) < 0 ? "from the start" : fmt::format("from checkpoint {}", *begun);
}

void print_events(RunDirectory const& run, std::optional<store::RunStatus> const& status) {
  auto const events = events_of(run);
  auto const begun = beginnings(events, status);
  for (std::size_t i = 0; i < events.size(); ++i) {
    auto const& event = events[i];
    auto const kind = event.value("event", "");
    std::string text = kind;
    if (kind == "start") {
      auto const found = begun.find(i);
      text = fmt::format(
          "launch {} on {} ranks, {}", event.value("incarnation", 0), event.value("ranks", 0),
          from_where(event.value("epoch", -1), found == begun.end() ? std::nullopt : std::optional(found->second)));
    }
    if (kind == "incident")
      text = fmt::format("{}; {} lost", event.value("cause", ""), show_duration(event.value("seconds_lost", 0.0)));
    if (kind == "end") text = fmt::format("{}, exit {}", event.value("state", ""), event.value("code", 0));
    fmt::print("            {}  {}\n", event.value("time", ""), text);
  }
}

constexpr char const* died = "died";  // its launcher could not say so any more

// What the manifest says, unless it is of a launcher that is gone.
std::string state_of(RunManifest const& manifest, std::filesystem::path const& checkpoints) {
  return manifest.state == "running" && launcher_gone(checkpoints) ? died : manifest.state;
}

std::string verdict(RunManifest const& manifest, std::string const& state) {
  if (state == died) return state + ": its launcher was killed, or its host went down";
  if (state == "running") return state;
  return fmt::format("{}, exit {}: {}", state, manifest.exit_code, meaning_of(manifest.exit_code));
}

std::string what_next(std::string const& state, Saved const& saved, std::string const& name) {
  if (state == "done") return "its results are where its options say";
  if (state == "running") return "pel halt " + name + " stops it with a checkpoint";
  return saved.any() ? "pel resume " + name : "pel run with the same command: there is no checkpoint to go on from";
}

}  // namespace

int verb_ls(Tokens const& tokens) {
  VerbOptions options("ls", "Lists the runs of a folder, oldest first.", tokens);
  auto const runs = options.take(runs_option);
  if (options.answered()) return done;
  auto const found = all_runs(runs);
  if (found.empty()) fmt::print(stderr, "no runs in {}\n", runs);
  if (!found.empty())
    fmt::print("{:<40} {:>5} {:>8} {:>9} {:>10} {:>5}\n", "run", "ranks", "state", "superstep", "checkpoint", "exit");
  for (auto const& run : found) {
    auto const manifest = read_manifest(run);
    auto const status = store::read_run_status(run.status());
    auto const checkpoints = checkpoint_directory(run, manifest);
    fmt::print("{:<40} {:>5} {:>8} {:>9} {:>10} {:>5}\n", run.name(), manifest.ranks, state_of(manifest, checkpoints),
               epoch_text(status ? status->superstep : -1), epoch_text(saved_in(checkpoints).superstep()),
               manifest.state == "running" ? "-" : std::to_string(manifest.exit_code));
  }
  return done;
}

int verb_show(Tokens const& tokens) {
  VerbOptions options("show", "Says what became of a run, and what to do next.", tokens);
  auto const runs = options.take(runs_option);
  auto const name = options.take(run_option);
  if (options.answered()) return done;
  auto const run = find_run(runs, name);
  auto const manifest = read_manifest(run);
  auto const status = store::read_run_status(run.status());
  auto const print = [](char const* what, std::string const& text) { fmt::print("  {:<9} {}\n", what, text); };
  fmt::print("{}\n", manifest.id);
  auto const checkpoints = checkpoint_directory(run, manifest);
  auto const state = state_of(manifest, checkpoints);
  auto const saved = saved_in(checkpoints);
  print("state", verdict(manifest, state));
  Command command{.arguments = {manifest.program.string()}};
  command.arguments.insert(command.arguments.end(), manifest.arguments.begin(), manifest.arguments.end());
  print("command", shown(command));
  print("directory", run.path.string());
  print("ranks", fmt::format("{}, {} partitions, {}", manifest.ranks, manifest.partitions,
                             manifest.hosts.empty() ? "this machine" : host_list(manifest.hosts)));
  if (status) {
    print("superstep", epoch_text(status->superstep) + (status->doing.empty() ? "" : ", then " + status->doing));
    if (!status->digest.empty()) print("digest", status->digest);
    if (!status->error.empty()) print("error", status->error.substr(0, status->error.find('\n')));
  }
  print("saved", in_words(saved));
  print("launches", fmt::format("{}, {} of them failed, {} in all", manifest.starts, manifest.failures,
                                show_duration(manifest.uptime_seconds)));
  print_events(run, status);
  print("next", what_next(state, saved, run.name()));
  return done;
}

int verb_halt(Tokens const& tokens) {
  VerbOptions options("halt", "Lets a run finish its superstep, write a checkpoint, and stop with 75.", tokens);
  auto const step = options.take({.name = "at-step", .value = "N", .help = "not before superstep N"});
  auto const after = options.take({.name = "after", .value = "TIME", .help = "not before this time has passed: 30m"});
  auto const runs = options.take(runs_option);
  auto const name = options.take(run_option);
  if (options.answered()) return done;
  auto const run = find_run(runs, name);
  auto const manifest = read_manifest(run);
  if (manifest.state != "running")
    throw UsageError("pel halt", run.name() + " is not running: it has " + manifest.state);
  if (launcher_gone(checkpoint_directory(run, manifest)))
    throw UsageError("pel halt", run.name() + " is not running: its launcher has died; pel resume goes on with it");
  store::HaltRequest request;
  if (!step.empty()) request.at_superstep = base::to_integer("at-step", step, 0, std::int64_t{1} << 62);
  if (!after.empty()) {
    auto const seconds = parse_duration(after);
    if (!seconds) throw UsageError("--after", "\"" + after + "\": expected a time such as 30m");
    request.after_seconds = *seconds;
  }
  store::write_halt_request(run.halt(), request);
  fmt::print("{} will stop with a checkpoint: exit 75\n", run.name());
  return done;
}

}  // namespace pel::launch
