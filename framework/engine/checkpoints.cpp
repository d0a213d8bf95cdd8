#include "engine/checkpoints.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <utility>

#include "base/machine.hpp"
#include "base/option_table.hpp"
#include "pel/error.hpp"

namespace pel::engine {
namespace {

std::filesystem::path directory_of(RunSettings const& settings) {
  std::filesystem::path const top(settings.checkpoint_dir);
  return settings.run_name.empty() ? top : top / settings.run_name;
}

// The number that the launcher put into the environment; 0 where it did not.
double number_of_launcher(char const* name) {
  char const* const text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): the main thread
  return text == nullptr ? 0 : base::to_number(name, text);
}

FailureHistory failure_history(comm::Communicator const& communicator) {
  auto const hosts = communicator.all_gather(communicator.host());
  auto const nodes = std::set<std::string>(hosts.begin(), hosts.end()).size();
  return {number_of_launcher("PEL_UPTIME"), static_cast<int>(number_of_launcher("PEL_FAILURES")),
          static_cast<int>(nodes)};
}

}  // namespace

Checkpoints::Checkpoints(World& world, Placement const& placement, RunSettings const& settings, HostedKernels& kernels,
                         Ownership& ownership, Watch& watch)
    : world_(world),
      settings_(settings),
      kernels_(kernels),
      ownership_(ownership),
      watch_(watch),
      mine_(placement.partitions_of(world.rank())),
      writer_(world, placement, settings, kernels, ownership),
      interval_(settings.checkpoint_every, failure_history(world.communicator()), base::monotonic_seconds(),
                watch.deadline()) {}

// Takes possession of the directory and finds out whose checkpoints these are.
void Checkpoints::open() {
  ownership_.claim();
  store::CheckpointDirectory const directory(directory_of(settings_), ownership_.incarnation());
  restart_ = std::make_unique<Restart>(world_, settings_, kernels_, mine_, directory, [this] { ownership_.check(); });
  restart_->identify();
  writer_.set_home(directory, restart_->identity());
}

// The first checkpoint of a run that began without: what is there is of an earlier one.
void Checkpoints::open_afresh() {
  if (open_) return;
  open();
  start_afresh();
  open_ = true;
}

// What another job has left is its owner's: only who was told so lets it go.
void Checkpoints::start_afresh() {
  if (!settings_.checkpoint_overwrite) restart_->refuse_others();
  restart_->start_afresh();
}

// Of checkpoints that nobody asked for. The failure is the same on all ranks, and so is the answer.
bool Checkpoints::open_if_possible() {
  if (open_) return true;
  if (given_up_) return false;
  try {
    open_afresh();
    return true;
  } catch (DirectoryInUse const& error) {
    world_.log().warn(std::string("this run has no checkpoints: ") + error.what());
  } catch (ForeignCheckpoint const& error) {
    world_.log().warn(std::string("this run has no checkpoints: ") + error.what());
  } catch (ConfigError const& error) {
    world_.log().warn(std::string("this run has no checkpoints: ") + error.what());
  } catch (WriteFailed const& error) {
    world_.log().warn(std::string("this run has no checkpoints: ") + error.what());
  }
  given_up_ = true;
  return false;
}

std::int64_t Checkpoints::first_superstep(std::vector<std::uint8_t>& awake) {
  bool const wanted = settings_.checkpoint_every.kind != CheckpointEvery::Kind::off && !settings_.checkpoint_implied;
  if (!wanted && settings_.resume == Resume::no) return 0;
  open();
  open_ = true;
  if (settings_.resume != Resume::no) {
    watch_.enter(store::Phase::restore);
    if (auto const epoch = restart_->restore(writer_.free_snapshot(), writer_.room_for_a_copy(), awake)) {
      resumed_from_ = *epoch;
      writer_.restored(*epoch);
      watch_.note_resumed(*epoch);
      return *epoch + 1;
    }
    if (settings_.resume == Resume::must && !restart_->other_run_has_epochs())
      world_.together(Site::restore, "restore",
                      [&] { throw NoCheckpoint(settings_.checkpoint_dir, "none there that is whole"); });
    world_.log().info("no usable checkpoint in " + settings_.checkpoint_dir + ": starting at superstep 0");
  }
  start_afresh();
  return 0;
}

void Checkpoints::prepare(Mailroom const& mailroom) {
  using Kind = CheckpointEvery::Kind;
  auto const& every = settings_.checkpoint_every;
  if (prepared_ || given_up_ || every.kind == Kind::off) return;
  double const first = every.kind == Kind::supersteps ? 0
                       : every.kind == Kind::seconds  ? std::min(every.seconds, Interval::first_seconds)
                                                      : Interval::first_seconds;
  if (base::monotonic_seconds() < started_ + first / 2) return;
  prepared_ = writer_.prepare(mailroom);
}

std::uint32_t Checkpoints::wishes(std::int64_t s) {
  std::uint32_t any = 0;
  auto const now = base::monotonic_seconds();
  if (watch_.stop_wanted(s, now)) any |= flag::stop;
  if (watch_.take_checkpoint_wish() || owed_) any |= flag::checkpoint | flag::asked;
  if (world_.rank() != 0) return any;
  if (interval_.deadline_near(now)) any |= flag::stop;
  if (!given_up_ && interval_.due(now, s)) any |= flag::checkpoint;
  return any;
}

void Checkpoints::advance(Agreed const& agreed, double superstep_seconds) {
  interval_.superstep_took(superstep_seconds);
  if (writer_.busy()) writer_.advance(agreed);
  note_commits();
}

// Tells the interval and the status what has been committed or has failed since.
void Checkpoints::note_commits() {
  auto const& figures = writer_.figures();
  if (figures.committed > seen_committed_) {
    interval_.committed(figures.last_durable);
    watch_.note_checkpoint(figures.newest);
  }
  if (figures.failed > seen_failed_) interval_.failed(base::monotonic_seconds());
  seen_committed_ = figures.committed;
  seen_failed_ = figures.failed;
}

void Checkpoints::take(std::int64_t s, bool asked, Mailroom const& mailroom, std::vector<std::uint8_t> const& awake) {
  if (!open_if_possible()) return;
  watch_.enter(store::Phase::checkpoint);
  auto const now = base::monotonic_seconds();
  auto const before = writer_.figures().blocked_seconds;
  bool const begun = writer_.begin(s, mailroom, awake);
  owed_ = asked && !begun;
  if (asked) (void)watch_.take_checkpoint_wish();  // it may have come to the others later: this one answers it as well
  if (begun)
    interval_.begun(now, s, writer_.figures().blocked_seconds - before);
  else
    interval_.skipped(now);
  note_commits();
}

void Checkpoints::take_last(std::int64_t s, Mailroom const& mailroom, std::vector<std::uint8_t> const& awake) {
  open_afresh();
  watch_.enter(store::Phase::checkpoint);
  for (int attempt = 0; attempt < 2; ++attempt) {
    auto const now = base::monotonic_seconds();
    while (!writer_.begin(s, mailroom, awake)) (void)writer_.complete();
    interval_.begun(now, s, 0);
    bool const committed = writer_.complete();
    note_commits();
    if (committed) return;
  }
  auto const older = newest() < 0 ? std::string("there is no checkpoint")
                                  : "the last good checkpoint is that of superstep " + std::to_string(newest());
  world_.together(Site::commit, "stop", [&] {
    throw WriteFailed(
        ownership_.directory().string(), 0,
        "told to stop after superstep " + std::to_string(s) + ", and its checkpoint failed twice; " + older);
  });
}

void Checkpoints::settle() {
  if (!writer_.busy()) return;
  watch_.enter(store::Phase::checkpoint);
  (void)writer_.complete_while_all_wait();
  note_commits();
}

void Checkpoints::finish() {
  watch_.enter(store::Phase::checkpoint);
  if (writer_.busy()) (void)writer_.complete();
  note_commits();
  auto const choice = interval_.choice(base::monotonic_seconds());
  // By supersteps nothing was chosen.
  if (writer_.figures().committed > 0 && settings_.checkpoint_every.kind != CheckpointEvery::Kind::supersteps)
    world_.log().info("checkpoints " + describe(choice));
}

CheckpointSummary Checkpoints::summary() const {
  auto const choice = interval_.choice(base::monotonic_seconds());
  return {writer_.figures(), choice.interval, choice.overhead_predicted, choice.overhead_real};
}

}  // namespace pel::engine
