#include "launch/running_launch.hpp"

#include <fmt/core.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <sstream>
#include <utility>

#include "base/machine.hpp"
#include "launch/observed.hpp"
#include "pel/error.hpp"

namespace pel::launch {
namespace {

constexpr double look_period = 0.25;
constexpr double epoch_period = 1;
constexpr double where_seconds = 2;      // between USR2, "who is where", and the kill of a job that hangs
constexpr double finalize_seconds = 30;  // all ranks have said that they end, and do not
constexpr double reap_seconds = 30;
constexpr double step_kill_seconds = 2;  // scancel waits 10 s for the answer of a dead node; the others get it at once
constexpr std::size_t banner_bytes = 1 << 20;

void write_error(std::string const& text) {
  for (std::size_t done = 0; done < text.size();) {
    auto const written = write(2, text.data() + done, text.size() - done);
    if (written < 0 && errno != EINTR) return;  // nobody listens any more
    if (written > 0) done += static_cast<std::size_t>(written);
  }
}

}  // namespace

void StopWish::note(int signal) {
  if (signal == SIGUSR2) return;
  if (first == 0)
    first = signal;
  else if (signal != SIGUSR1)
    now = true;
}

RunningLaunch::RunningLaunch(LaunchSettings settings, SignalInbox const& signals, StopWish& wish)
    : settings_(std::move(settings)),
      signals_(signals),
      wish_(wish),
      watch_(settings_.run.heartbeat(), settings_.ranks, static_cast<std::uint64_t>(settings_.incarnation),
             settings_.limits),
      began_(base::monotonic_seconds()),
      next_look_(began_),
      next_epoch_look_(began_),
      epoch_at_(began_),
      saved_(saved_in(settings_.checkpoints)) {}

double RunningLaunch::seconds_since_epoch() const { return base::monotonic_seconds() - epoch_at_; }

LaunchEnd RunningLaunch::run(Command const& command) {
  LaunchEnd end{.before = saved_};
  auto const others = children();  // of the script that has become this process by exec
  child_ = start(command);
  while (!ended()) {
    listen(next_look_);
    obey();
    if (base::monotonic_seconds() >= next_look_) look();
  }
  if (killed_ && settings_.by_srun) kill_step();
  if (!kill_children(reap_seconds, others))
    write_error("pel: warning: processes of this launch do not die; they are stuck in the system\n");
  pump();
  pass(filter_.finish());
  close(child_.error_pipe);
  (void)watch_.look(base::monotonic_seconds(), [](store::Heartbeat const&) { return ProcessState::unknown; });
  auto const job = store::read_run_status(settings_.run.status());
  end.code = code_of_status(status_);
  end.outcome = outcome_of(job, settings_.incarnation);
  end.death = death_in(banners_);
  end.kill = finding_.what == Finding::What::fine   ? LaunchEnd::Kill::none
             : finding_.what == Finding::What::hung ? LaunchEnd::Kill::hung
                                                    : LaunchEnd::Kill::silent;
  end.started = watch_.started();
  end.superstep = watch_.superstep();
  if (job && job->incarnation == settings_.incarnation) end.superstep = std::max(end.superstep, job->superstep);
  end.stop_asked =
      wish_.first != 0 || halt_asked(settings_.run.halt(), end.superstep, base::monotonic_seconds() - began_);
  end.after = saved_in(settings_.checkpoints);
  return end;
}

bool RunningLaunch::ended() {
  auto const got = waitpid(child_.pid, &status_, WNOHANG);
  if (got < 0 && errno != EINTR) throw SystemError("waitpid", errno, "the launcher's child is gone");
  return got == child_.pid;
}

void RunningLaunch::listen(double until) {
  auto const wait = std::max(0.0, until - base::monotonic_seconds());
  std::array<pollfd, 2> ready{{{signals_.descriptor(), POLLIN, 0}, {child_.error_pipe, POLLIN, 0}}};
  if (poll(ready.data(), ready.size(), static_cast<int>(wait * 1000) + 1) < 0) return;
  if ((ready[1].revents & (POLLIN | POLLHUP)) != 0) pump();
  // All have closed their stderr, and the child will soon end: wait for that, not for the pipe.
  if ((ready[1].revents & POLLHUP) != 0) (void)poll(ready.data(), 1, static_cast<int>(wait * 1000) + 1);
}

void RunningLaunch::pump() {
  std::array<char, 65536> buffer{};
  while (true) {
    auto const got = read(child_.error_pipe, buffer.data(), buffer.size());
    if (got <= 0) return;
    pass(filter_.feed({buffer.data(), static_cast<std::size_t>(got)}));
  }
}

void RunningLaunch::pass(BannerFilter::Parts const& parts) {
  if (!parts.text.empty()) write_error(parts.text);
  // srun has no banners: its lines are text, and tell deaths too.
  auto const& told = settings_.by_srun ? parts.text : parts.banner;
  if (banners_.size() < banner_bytes) banners_ += told;
  if (parts.banner.empty()) return;
  std::ofstream log(settings_.run.banners(), std::ios::app);
  log << parts.banner;
}

void RunningLaunch::obey() {
  for (int const number : signals_.take()) {
    wish_.note(number);
    usr2_wanted_ = usr2_wanted_ || number == SIGUSR2;
  }
  // Before its ranks are there mpirun itself would die of these signals.
  if (usr2_wanted_ && watch_.all_started()) usr2_wanted_ = kill(child_.pid, SIGUSR2) != 0;
  if (wish_.first != 0 && !usr1_sent_ && watch_.all_started()) usr1_sent_ = kill(child_.pid, SIGUSR1) == 0;
  if (wish_.now && !term_sent_) term_sent_ = kill(child_.pid, SIGTERM) == 0;
}

void RunningLaunch::look() {
  auto const now = base::monotonic_seconds();
  next_look_ = now + look_period;
  if (now >= next_epoch_look_) {
    next_epoch_look_ = now + epoch_period;
    auto const saved = saved_in(settings_.checkpoints);
    if (saved.beyond(saved_)) epoch_at_ = now;
    saved_ = saved;
  }
  auto const finding = watch_.look(now, process_state);
  if (killed_) return;
  look_at_end(now);
  if (finding.what == Finding::What::fine) {
    killed_after_usr2_ = 0;
  } else if (finding.what != Finding::What::hung || !watch_.all_started()) {  // who is not there cannot say where
    kill_all(finding);
  } else if (killed_after_usr2_ == 0) {
    killed_after_usr2_ = now + where_seconds;
    kill(child_.pid, SIGUSR2);
  } else if (now >= killed_after_usr2_) {
    kill_all(finding);
  }
}

void RunningLaunch::look_at_end(double now) {
  if (!watch_.all_ended())
    end_seen_ = now;
  else if (now - end_seen_ > finalize_seconds)
    kill_all({});
}

void RunningLaunch::kill_all(Finding const& finding) {
  finding_ = finding;
  killed_ = true;
  kill(child_.pid, SIGKILL);
}

// The daemons of SLURM go on with a step whose srun is dead.
void RunningLaunch::kill_step() const {
  auto const job = variable("SLURM_JOB_ID");
  auto const steps =
      ask({.arguments = {"squeue", "--noheader", "--steps", "--jobs=" + job, "--format=%i %j"}, .unset = {}}, 10);
  std::istringstream lines(steps.out);
  for (std::string id, name; lines >> id >> name;)
    if (name == settings_.step_name) (void)ask({.arguments = {"scancel", "--signal=KILL", id}}, step_kill_seconds);
}

}  // namespace pel::launch
