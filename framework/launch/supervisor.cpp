#include "launch/supervisor.hpp"

#include <fmt/core.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <limits>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "base/failure_code.hpp"
#include "base/machine.hpp"
#include "launch/duration.hpp"
#include "launch/exit_codes.hpp"
#include "launch/observed.hpp"
#include "launch/slurm.hpp"
#include "pel/error.hpp"
#include "store/file_system.hpp"
#include "store/halt_request.hpp"
#include "store/run_status.hpp"

namespace pel::launch {
namespace {

using Json = nlohmann::ordered_json;

constexpr double host_seconds = 2, slurm_host_seconds = 10;
constexpr int system_code = static_cast<int>(ExitCode::system);
constexpr int stopped_code = static_cast<int>(ExitCode::stopped);

std::string event(char const* kind, Json const& members) {
  Json line{{"time", utc_now_precisely()}, {"event", kind}};
  line.update(members);
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// What an event says of a checkpoint.
void add_epoch(Json& members, Saved const& saved) {
  members["epoch"] = saved.superstep();
  if (!saved.last.empty()) members["run"] = saved.last;
}

// Where a launch has truly begun, if it came so far as to say.
void add_beginning(Json& members, std::optional<std::int64_t> resumed_from) {
  if (resumed_from) members["resumed_from"] = *resumed_from;
}

void tell(std::string const& text) {
  std::fputs(text.c_str(), stderr);
  std::fflush(stderr);
}

// `told`: the newest checkpoint that a launch of this job has told of; -1: none.
std::string from_where(Saved const& saved, std::int64_t told, std::filesystem::path const& checkpoints) {
  if (saved.any()) return "from " + in_words(saved);
  if (told < 0) return "afresh, as there is no checkpoint yet";
  return fmt::format("afresh: checkpoint {} was in {} and is gone (deleted, or its disk is not there)", told,
                     checkpoints.string());
}

std::string likely_cause(Incident const& incident, Verdict const& verdict, std::int64_t kills) {
  if (verdict.deterministic) return "the same death in the same superstep twice: deterministic, no retry will help";
  auto const code = cause_of(incident.end);
  if (code != incident.end.code && !incident.end.death) return "";
  if (code == 128 + SIGKILL && kills > 0)
    return fmt::format("out of memory: the control group counted {} kills", kills);
  if (code == 128 + SIGKILL) return "out of memory, or someone's kill -9: the kernel's log says which";
  if (code == 128 + SIGSEGV) return "a bug in the kernel: memory that is not its own";
  if (code == 128 + SIGABRT) return "an assertion, or an exception nobody caught: see the last lines above";
  return "";
}

}  // namespace

Supervisor::Supervisor(Supervision what)
    : what_(std::move(what)),
      record_(what_.run),
      checkpoints_(checkpoint_directory(what_.run, what_.manifest)),
      ranks_(what_.manifest.ranks),
      hosts_(what_.manifest.hosts),
      began_(base::monotonic_seconds()),
      kills_before_(out_of_memory_kills()) {}

Supervisor::~Supervisor() = default;

void Supervisor::say(std::string const& line) const {
  if (!what_.quiet) tell("pel: " + line + "\n");
}

void Supervisor::find_deadline() {
  auto const now = base::monotonic_seconds();
  if (what_.manifest.walltime_seconds >= 0) deadline_ = began_ + what_.manifest.walltime_seconds;
  if (auto const left = slurm_time_left()) deadline_ = deadline_ < 0 ? now + *left : std::min(deadline_, now + *left);
}

bool Supervisor::claim() {
  auto const before = incarnation_;
  try {
    auto const newest = store::Lease::newest(checkpoints_);  // 0: somebody has deleted all of it, and nobody owns it
    if (lease_ && newest != 0 && newest != incarnation_) return false;
    lease_.reset();
    lease_.emplace(store::Lease::claim(checkpoints_, what_.manifest.id, before));
  } catch (DirectoryInUse const&) {
    if (before == 0) throw;
    return false;
  }
  incarnation_ = lease_->incarnation();
  return before == 0 || incarnation_ == before + 1;
}

bool Supervisor::choose_hosts(bool ask) {
  auto const& all = what_.manifest.hosts;
  ranks_ = what_.manifest.ranks;
  hosts_ = all;
  if (!ask || all.empty()) return true;
  bool const by_srun = what_.manifest.launcher == "srun";
  hosts_ = answering(all, by_srun, in_allocation() ? slurm_host_seconds : host_seconds);
  if (hosts_.size() == all.size()) return true;
  ranks_ = std::min(ranks_, slots_of(hosts_));
  say(fmt::format("{} of {} hosts answer: {}", hosts_.size(), all.size(), hosts_.empty() ? "none" : host_list(hosts_)));
  return !hosts_.empty();
}

Command Supervisor::command() const {
  auto const& manifest = what_.manifest;
  LaunchPlan plan{.launcher = manifest.launcher == "srun" ? Launcher::srun : Launcher::mpirun,
                  .ranks = ranks_,
                  .hosts = hosts_,
                  .cores = base::cores_allowed(),
                  .as_root = geteuid() == 0,
                  .step_name = fmt::format("pel-{}", incarnation_),
                  .program = {manifest.program.string()},
                  .environment = {}};
  plan.program.insert(plan.program.end(), manifest.arguments.begin(), manifest.arguments.end());
  plan.program.push_back("--run-dir=" + what_.run.path.string());
  bool const first = launches_ == 1;
  if (first && what_.resume == ResumeFirst::must)
    plan.program.emplace_back("--resume");
  else if (!first || saved_in(checkpoints_).any())  // else there is nothing to look for, and nothing to say about it
    plan.program.emplace_back("--resume=auto");
  plan.environment = {{"PEL_INCARNATION", std::to_string(incarnation_)},
                      {"PEL_FAILURES", std::to_string(manifest.failures)},
                      {"PEL_UPTIME", fmt::format("{:.3f}", manifest.uptime_seconds)}};
  if (deadline_ >= 0)
    plan.environment.emplace_back("PEL_TIME_LEFT",
                                  fmt::format("{:.3f}", std::max(0.0, deadline_ - base::monotonic_seconds())));
  // What the user has set for the ranks, on other hosts too.
  for (auto const& [name, value] : variables("PEL_")) {
    bool const ours = std::any_of(plan.environment.begin(), plan.environment.end(),
                                  [&](auto const& known) { return known.first == name; });
    if (!ours) plan.environment.emplace_back(name, value);
  }
  return launcher_command(plan);
}

// Of earlier launches, so that nothing of theirs passes for this one's.
void Supervisor::clear_old_signs() const {
  std::error_code ignored;
  // Numbers of launches begin anew where the checkpoints were deleted.
  auto const old = store::read_run_status(what_.run.status());
  if (old && old->incarnation >= incarnation_) std::filesystem::remove(what_.run.status(), ignored);
  // Ranks of an earlier launch that nobody could end go on writing into a file that has no name any more. The new one
  // has its space before the ranks want it: on a full disk they would seem not to start.
  std::string const none(sizeof(store::Heartbeat) * static_cast<std::size_t>(ranks_), '\0');
  try {
    replace_file(what_.run.heartbeat(), none);
  } catch (WriteFailed const&) {  // then they write over what older ones have left, which has their space
  }
}

Incident Supervisor::launch() {
  ++launches_;
  ++what_.manifest.starts;
  what_.manifest.state = "running";
  record_.keep(what_.manifest);
  clear_old_signs();
  auto const whole = command();
  Json members{{"incarnation", incarnation_}, {"ranks", ranks_}, {"hosts", host_list(hosts_)}};
  add_epoch(members, saved_in(checkpoints_));
  members["command"] = shown(whole);
  record_.add_event(event("start", members));
  auto limits = silent_limits(what_.manifest.silent_seconds, store::on_network_file_system(what_.run.path));
  limits.stall_seconds = what_.manifest.stall_seconds;
  RunningLaunch running({.run = what_.run,
                         .checkpoints = checkpoints_,
                         .ranks = ranks_,
                         .incarnation = incarnation_,
                         .limits = limits,
                         .by_srun = what_.manifest.launcher == "srun",
                         .step_name = fmt::format("pel-{}", incarnation_)},
                        signals_, wish_);
  auto const began = base::monotonic_seconds();
  Incident incident{.end = running.run(whole), .finding = running.finding(), .beats = running.beats()};
  incident.end.seconds_left = seconds_left();
  what_.manifest.uptime_seconds += base::monotonic_seconds() - began;
  seconds_lost_ = running.seconds_since_epoch();
  resumed_from_.reset();
  if (auto const status = store::read_run_status(what_.run.status()); status && status->incarnation == incarnation_) {
    if (status->resumed_from >= 0 || status->superstep >= 0) resumed_from_ = status->resumed_from;
    if (incident.end.outcome) incident.error = status->error;
  }
  return incident;
}

void Supervisor::tell_incident(Incident const& incident, Verdict const& verdict) {
  auto const cause = cause_in_words(incident);
  bool const again = verdict.what == Verdict::What::relaunch;
  Json members{{"incarnation", incarnation_},         {"cause", cause},
               {"code", cause_of(incident.end)},      {"rank", rank_of(incident)},
               {"superstep", incident.end.superstep}, {"seconds_lost", seconds_lost_}};
  add_epoch(members, incident.end.after);
  add_beginning(members, resumed_from_);
  members.update({{"deterministic", verdict.deterministic}, {"relaunch", again}});
  record_.add_event(event("incident", members));
  if (!again) return;
  auto const status = store::read_run_status(what_.run.status());
  tell(fmt::format("pel: {}; {} of work lost; starting again{} {}{}\n", cause, show_duration(seconds_lost_),
                   verdict.delay_seconds > 0 ? " in " + show_duration(verdict.delay_seconds) : "",
                   from_where(incident.end.after, status ? status->checkpoint : -1, checkpoints_),
                   verdict.deterministic ? "; the same death as before: deterministic" : ""));
}

void Supervisor::tell_end(Incident const& incident, Verdict const& verdict) const {
  auto const& saved = incident.end.after;
  auto const run = path_from_here(what_.run.path);
  if (verdict.code == static_cast<int>(ExitCode::done)) {
    say(fmt::format("done in {}; run directory {}", show_duration(base::monotonic_seconds() - began_), run));
    return;
  }
  if (verdict.code == stopped_code) {
    tell(fmt::format("pel: stopped on purpose after superstep {}, {}, exit 75.  Continue with:  {}\n",
                     incident.end.superstep, in_words(saved), resume_command()));
    return;
  }
  if (retry_of(verdict.code) == Retry::never && !incident.end.stop_asked) {  // the ranks have told why
    tell(fmt::format("pel: {}: exit {}; run directory {}\n", meaning_of(verdict.code), verdict.code, run));
    return;
  }
  auto const kills = out_of_memory_kills().value_or(0) - kills_before_.value_or(0);
  ErrorBlock block{
      .what = cause_in_words(incident), .likely = likely_cause(incident, verdict, kills), .code = verdict.code};
  if (verdict.what == Verdict::What::give_up)
    block.what += fmt::format("; gave up after {} launches without a newer checkpoint", verdict.launches);
  if (std::filesystem::exists(what_.run.banners())) block.log = path_from_here(what_.run.banners());
  if (verdict.out_of_time) block.what += "; there is no time left to start again";
  block.where = where_it_was(incident);
  block.saved = in_words(saved);
  block.next = resume_command();
  if (!saved.any()) block.next = "correct the cause, then pel run again";
  tell(error_block(block));
}

std::string Supervisor::resume_command() const { return "pel resume " + path_from_here(what_.run.path); }

void Supervisor::wait_before_relaunch(double seconds) {
  auto const until = base::monotonic_seconds() + seconds;
  while (wish_.first == 0) {
    for (int const number : signals_.take()) wish_.note(number);
    auto const left = until - base::monotonic_seconds();
    if (left <= 0) return;
    pollfd ready{signals_.descriptor(), POLLIN, 0};
    (void)poll(&ready, 1, static_cast<int>(left * 1000) + 1);
  }
}

int Supervisor::lost_lease() {
  tell(error_block({.what = checkpoints_.string() + ": another launch has taken this directory over",
                    .likely = "this launcher was stopped for long, or the job was started twice",
                    .next = "nothing: the newer launch goes on",
                    .code = system_code}));
  return finish(system_code);
}

int Supervisor::no_host() {
  tell(error_block({.what = "none of the hosts answers: " + host_list(what_.manifest.hosts),
                    .likely = "the network is down, or the hosts are",
                    .next = resume_command(),
                    .code = system_code}));
  return finish(system_code);
}

int Supervisor::stopped_between() {
  auto const saved = saved_in(checkpoints_);
  int const code = saved.any() ? stopped_code : 128 + wish_.first;
  tell(fmt::format("pel: stopped between two launches, {}, exit {}.{}\n",
                   saved.any() ? in_words(saved) : "without a checkpoint", code,
                   saved.any() ? "  Continue with:  " + resume_command() : ""));
  return finish(code);
}

bool Supervisor::may_requeue(int code) const {
  std::error_code ignored;
  bool const by_hand = wish_.first == SIGINT || wish_.first == SIGTERM || wish_.first == SIGHUP ||
                       std::filesystem::exists(what_.run.halt(), ignored);
  return code == stopped_code && what_.requeue && !by_hand && !variable("SLURM_JOB_ID").empty();
}

int Supervisor::finish(int code) {
  auto& manifest = what_.manifest;
  manifest.state = code == 0 ? "done" : code == stopped_code ? "stopped" : "failed";
  manifest.exit_code = code;
  manifest.ended = utc_now();
  record_.keep(manifest);
  Json members{{"incarnation", incarnation_}, {"code", code}, {"state", manifest.state}};
  add_beginning(members, resumed_from_);
  record_.add_event(event("end", members));
  lease_.reset();
  if (!may_requeue(code)) return code;
  tell("pel: asking SLURM to requeue the job\n");
  if (!slurm_requeue(signals_))
    tell("pel: SLURM has not requeued the job.  Continue with:  " + resume_command() + "\n");
  return code;
}

double Supervisor::seconds_left() const {
  return deadline_ < 0 ? std::numeric_limits<double>::infinity() : deadline_ - base::monotonic_seconds();
}

int Supervisor::run() {
  become_subreaper();
  (void)claim();
  if (!what_.config.empty()) replace_file(what_.run.config(), what_.config);  // no sooner: it may be another's run
  find_deadline();
  store::remove_halt_request(what_.run.halt());  // an earlier one has had its effect
  try {
    return see_through();
  } catch (std::exception const& error) {
    (void)finish(base::failure_code(error));  // else the run would seem to go on
    throw;
  }
}

int Supervisor::see_through() {
  RetryPolicy policy(what_.manifest.attempts);
  bool ask = !variable("SLURM_RESTART_COUNT").empty();
  while (true) {
    if (!choose_hosts(ask)) return no_host();
    if (launches_ == 0)
      say(fmt::format("{} on {} rank{}, run directory {}", what_.manifest.app, ranks_, ranks_ == 1 ? "" : "s",
                      path_from_here(what_.run.path)));
    auto const incident = launch();
    auto const verdict = policy.judge(incident.end);
    bool const failed = retry_of(cause_of(incident.end)) == Retry::again && !stopped_with_nothing(incident.end);
    if (failed) ++what_.manifest.failures;
    if (failed || verdict.what != Verdict::What::end) tell_incident(incident, verdict);
    if (verdict.what != Verdict::What::relaunch) {
      tell_end(incident, verdict);
      return finish(verdict.code);
    }
    wait_before_relaunch(verdict.delay_seconds);
    if (wish_.first != 0) return stopped_between();
    if (!claim()) return lost_lease();
    ask = true;
  }
}

}  // namespace pel::launch
