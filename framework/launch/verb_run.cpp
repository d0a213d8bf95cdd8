#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <optional>

#include "launch/app_options.hpp"
#include "launch/process.hpp"
#include "launch/run_directory.hpp"
#include "launch/run_request.hpp"
#include "launch/saved.hpp"
#include "launch/supervisor.hpp"
#include "launch/verbs.hpp"
#include "pel/error.hpp"

namespace pel::launch {
namespace {

namespace fs = std::filesystem;

constexpr char const* purpose =
    "Runs an app on this machine, on hosts, or in a SLURM allocation, watches it, and starts it again from its newest\n"
    "checkpoint when a rank dies. Options of the app stand after its name. pel run JOB.toml [options] | pel run APP …";

bool asks(Tokens const& tokens, std::initializer_list<char const*> names) {
  return std::any_of(tokens.begin(), tokens.end(), [&](std::string const& token) {
    return std::any_of(names.begin(), names.end(), [&](char const* name) { return token == name; });
  });
}

// The help of `pel run`, or of the app that is named.
std::optional<int> answer_help(Tokens const& tokens) {
  auto const split = split_tokens(tokens, run_options());
  if (asks(split.own, {"--help", "-h"}) || (tokens.empty())) {
    std::vector<char const*> none{"pel"};
    base::OptionTable table(1, none.data());
    for (auto const& info : run_options()) (void)table.take(info);
    std::fputs(table.help("pel run", purpose).c_str(), tokens.empty() ? stderr : stdout);
    return static_cast<int>(tokens.empty() ? ExitCode::usage : ExitCode::done);
  }
  if (!asks(split.rest, {"--help", "-h", "--version"}) || split.app.ends_with(".toml")) return std::nullopt;
  auto words = split.rest;
  words.insert(words.begin(), fs::path(find_app(split.app)).string());
  auto const answer = ask({.arguments = words}, 20);
  std::fputs(answer.out.c_str(), stdout);
  std::fputs(answer.err.c_str(), stderr);
  return answer.code;
}

RunManifest manifest_of(RunRequest const& request) {
  return {.id = "",
          .app = request.app,
          .program = request.program,
          .arguments = request.arguments,
          .directory = fs::current_path(),
          .checkpoints = request.checkpoints,
          .ranks = request.ranks,
          .partitions = request.partitions,
          .hosts = request.hosts,
          .launcher = request.launcher == Launcher::srun ? "srun" : "mpirun",
          .slurm_job = variable("SLURM_JOB_ID"),
          .created = utc_now(),
          .ended = "",
          .stall_seconds = request.stall_seconds,
          .silent_seconds = request.silent_seconds,
          .walltime_seconds = request.walltime_seconds,
          .attempts = request.attempts};
}

// The newest run of the same command that has not come to its end.
std::optional<RunDirectory> unfinished_run(RunRequest const& request) {
  auto candidates = request.run_dir.empty() ? all_runs(request.runs) : std::vector<RunDirectory>();
  std::error_code ignored;
  if (!request.run_dir.empty() && fs::exists(request.run_dir / "manifest.json", ignored))
    candidates.push_back({fs::canonical(request.run_dir)});
  for (auto run = candidates.rbegin(); run != candidates.rend(); ++run) {
    auto const manifest = read_manifest(*run);
    bool const same = manifest.app == request.app && manifest.arguments == request.arguments;
    if (same && manifest.state != "done") return *run;
  }
  return std::nullopt;
}

RunDirectory directory_for(RunRequest const& request, std::string const& id) {
  if (request.run_dir.empty()) return make_run(request.runs, id);
  std::error_code ignored;
  if (fs::exists(request.run_dir / "manifest.json", ignored))
    throw ConfigError(
        "--run-dir", request.run_dir.string() + " holds a run already",
        "pel resume " + request.run_dir.string() + " goes on with it; --resume=auto if it is the same job");
  return make_run_at(request.run_dir);
}

Supervision supervision_of(RunRequest const& request) {
  Supervision what{.run = {}, .manifest = manifest_of(request), .quiet = request.quiet};
  what.requeue = request.requeue || variable("PEL_REQUEUE") == "1";
  auto const old = request.resume == ResumeFirst::no ? std::nullopt : unfinished_run(request);
  if (request.resume == ResumeFirst::must && !old)
    throw NoCheckpoint(request.runs.string(), "no unfinished run of this command");
  if (old) {
    auto const before = read_manifest(*old);
    what.run = *old;
    what.manifest.id = before.id;
    what.manifest.created = before.created;
    what.manifest.starts = before.starts;
    what.manifest.failures = before.failures;
    what.manifest.uptime_seconds = before.uptime_seconds;
    what.resume = request.resume;
  } else {
    auto const id = new_run_id(request.app);
    what.run = directory_for(request, id);
    what.manifest.id = request.run_dir.empty() ? id : what.run.name();
  }
  what.config = request.effective;
  return what;
}

}  // namespace

int verb_run(Tokens const& tokens) {
  if (auto const code = answer_help(tokens)) return *code;
  auto const request = run_request(tokens);
  if (request.print_config) {
    std::fputs(request.effective.c_str(), stdout);
    return static_cast<int>(ExitCode::done);
  }
  Supervisor supervisor(supervision_of(request));
  return supervisor.run();
}

int verb_resume(Tokens const& tokens) {
  VerbOptions options("resume", "Goes on with a run from its newest checkpoint, on any number of ranks.", tokens);
  auto const ranks = options.take({.name = "ranks", .value = "M", .help = "ranks, also -n M; at most one a partition"});
  auto const hosts = options.take({.name = "host", .value = "LIST", .help = "where the ranks run: node1:2,node2:2"});
  auto const runs = options.take(runs_option);
  auto const name = options.take(run_option);
  if (options.answered()) return static_cast<int>(ExitCode::done);
  Supervision what{.run = find_run(runs, name), .manifest = {}, .resume = ResumeFirst::must};
  auto& manifest = what.manifest;
  manifest = read_manifest(what.run);
  if (!hosts.empty()) manifest.hosts = parse_hosts(hosts);
  if (hosts.empty() && in_allocation()) manifest.hosts = slurm_hosts();
  manifest.launcher = choose_launcher(variable("PEL_LAUNCHER"), in_allocation()) == Launcher::srun ? "srun" : "mpirun";
  auto const most = manifest.partitions == 0 ? 1 << 20 : static_cast<std::int64_t>(manifest.partitions);
  if (!ranks.empty()) manifest.ranks = static_cast<int>(base::to_integer("ranks", ranks, 1, most));
  auto const checkpoints = checkpoint_directory(what.run, manifest);
  if (!saved_in(checkpoints).any())
    throw NoCheckpoint(checkpoints.string(), "none has been committed; pel run starts the job from superstep 0");
  fs::current_path(manifest.directory);
  Supervisor supervisor(what);
  return supervisor.run();
}

}  // namespace pel::launch
