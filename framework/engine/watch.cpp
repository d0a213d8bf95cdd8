#include "engine/watch.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <utility>

#include "base/machine.hpp"
#include "base/option_table.hpp"
#include "pel/error.hpp"

namespace pel::engine {
namespace {

// Seconds to the wall-clock limit, as the launcher knows them.
std::optional<double> time_left() {
  char const* const text = std::getenv("PEL_TIME_LEFT");  // NOLINT(concurrency-mt-unsafe): the main thread
  if (text == nullptr) return std::nullopt;
  return base::to_number("PEL_TIME_LEFT", text);
}

constexpr double files_seconds = 1;
constexpr std::size_t status_bytes = 4096;  // a long error's text needs more, if there is room

}  // namespace

Watch::~Watch() {
  files_.reset();
  progress_.reset();
  heartbeat_.reset();
}

void Watch::open(std::filesystem::path directory, int rank, int ranks, int incarnation, base::Log log,
                 double stop_grace, double quiet_seconds) {
  directory_ = std::move(directory);
  rank_ = rank;
  log_ = std::move(log);
  stop_grace_ = stop_grace;
  opened_ = base::monotonic_seconds();
  told_ = opened_;
  quiet_seconds_ = quiet_seconds;
  if (auto const left = time_left()) deadline_ = opened_ + *left;
  status_.incarnation = incarnation;
  store::HeartbeatWriter::Options options;
  if (!directory_.empty()) options.path = directory_ / "heartbeat";
  options.rank = rank;
  options.ranks = ranks;
  options.incarnation = static_cast<std::uint64_t>(incarnation);
  options.each_tick = [this](store::Heartbeat const& where) { tick(where); };
  options.wake_descriptor = signals_.wake_descriptor();
  heartbeat_ = std::make_unique<store::HeartbeatWriter>(std::move(options));
  if (rank_ != 0) return;
  progress_ = std::make_unique<base::Ticker>(std::min(1.0, quiet_seconds_), [this] { tell_progress(); });
  if (directory_.empty()) return;
  reserve_status();
  write_status(true);
  files_ = std::make_unique<base::Ticker>(files_seconds, [this] { serve_files(); });
}

void Watch::reserve_status() {
  auto const tag = std::to_string(status_.incarnation) + "-" + std::to_string(::getpid());
  try {
    status_file_ = std::make_unique<store::ReservedFile>(directory_ / "status.json", tag, status_bytes);
  } catch (WriteFailed const& error) {
    log_.warn(std::string("no space is set aside for the status: ") + error.what());
  }
}

// On the thread of the heartbeat: the main one may be stuck.
void Watch::tick(store::Heartbeat const& where) {
  if (signals_.take_report_request()) {
    base::Log here = log_;
    here.set_level(base::LogLevel::info);  // of every rank, not of the first alone
    here.info("rank " + std::to_string(rank_) + ": " + store::describe(where, doing()));
  }
  if (signals_.terminate_requested()) {
    log_.warn("terminated by mpirun after superstep " + std::to_string(where.superstep) + ", without a checkpoint");
    base::Signals::end_by_term();
  }
  if (signals_.stop_requested() && stop_seen_ < 0) stop_seen_ = base::monotonic_seconds();
}

void Watch::tell_progress() {
  auto const where = heartbeat_->record();
  constexpr int lines_at_first = 12, then_rarer = 6;
  auto const quiet = times_told_ < lines_at_first ? quiet_seconds_ : then_rarer * quiet_seconds_;
  auto const now = base::monotonic_seconds();
  if (where.superstep < 0 || now - told_ < quiet) return;
  told_ = now;
  ++times_told_;
  log_.info(store::place_of(where, doing()));
}

std::string Watch::doing() const {
  std::lock_guard const lock(mutex_);
  return doing_;
}

void Watch::serve_files() {
  look_for_halt();
  if (status_changed_.exchange(false)) write_status(false);
}

void Watch::look_for_halt() {
  try {
    auto const request = store::read_halt_request(directory_ / "halt");
    std::lock_guard const lock(mutex_);
    halt_ = request;
  } catch (std::exception const& error) {
    log_.warn(error.what());
  }
}

void Watch::enter(store::Phase phase) noexcept {
  if (heartbeat_) heartbeat_->set_phase(phase);
}
void Watch::begin_superstep(std::int64_t superstep, std::size_t partitions, std::string const& doing) {
  {
    std::lock_guard const lock(mutex_);
    if (doing_ != doing) status_changed_ = true;
    doing_ = doing;
    doing_of_ = superstep;
  }
  if (heartbeat_) heartbeat_->begin_superstep(superstep, static_cast<std::uint32_t>(partitions));
}
void Watch::partition_done() noexcept {
  if (heartbeat_) heartbeat_->partition_done();
}
void Watch::advance() noexcept {
  if (heartbeat_) heartbeat_->advance();
}

bool Watch::stop_wanted(std::int64_t superstep, double now) const {
  if (signals_.stop_requested()) return true;
  if (rank_ != 0) return false;
  std::lock_guard const lock(mutex_);
  return halt_ && halt_->due(superstep, now - opened_);
}

bool Watch::out_of_time() const noexcept {
  auto const seen = stop_seen_.load(std::memory_order_relaxed);
  if (seen < 0 && deadline_ == std::numeric_limits<double>::infinity()) return false;  // asked often: no clock
  auto const now = base::monotonic_seconds();
  constexpr double last_seconds = 5;
  return (seen >= 0 && now - seen > stop_grace_) || now > deadline_ - last_seconds;
}

void Watch::note_superstep(std::int64_t superstep) {
  if (rank_ != 0 || directory_.empty()) return;
  {
    std::lock_guard const lock(mutex_);
    status_.superstep = superstep;
  }
  status_changed_ = true;
  if (!std::exchange(superstep_noted_, true)) files_->wake();  // who waits for the job to go on sees it at once
}
void Watch::note_checkpoint(std::int64_t superstep) {
  {
    std::lock_guard const lock(mutex_);
    status_.checkpoint = superstep;
  }
  write_status(false);
}
void Watch::note_resumed(std::int64_t superstep) {
  {
    std::lock_guard const lock(mutex_);
    status_.resumed_from = superstep;
    status_.checkpoint = superstep;
    status_.superstep = superstep;
  }
  write_status(false);
}
void Watch::note_digest(std::string const& digest) {
  std::lock_guard const lock(mutex_);
  status_.digest = digest;
}
void Watch::note_outcome(store::RunState state, int exit_code, std::string const& error) {
  {
    std::lock_guard const lock(mutex_);
    status_.state = state;
    status_.exit_code = exit_code;
    status_.error = error;
  }
  write_status(true);
}

// Whether the status is another launch's by now.
bool Watch::overtaken() const {
  auto const found = store::read_run_status(directory_ / "status.json");
  return found && found->incarnation != status_.incarnation;
}

void Watch::write_status(bool durable) {
  if (rank_ != 0 || directory_.empty()) return;
  // A file system that hangs must not hold up the supersteps, which only take note.
  std::lock_guard const one_at_a_time(writing_);
  if (std::exchange(status_begun_, true) && overtaken()) return;
  try {
    auto const status = [this] {
      std::lock_guard const lock(mutex_);
      auto now = status_;
      if (now.state == store::RunState::running && doing_of_ == now.superstep + 1) now.doing = doing_;
      return now;
    }();
    if (status_file_)
      status_file_->replace(store::to_text(status), durable);
    else
      store::write_run_status(directory_ / "status.json", status, durable);
  } catch (std::exception const& error) {
    if (!std::exchange(status_warned_, true)) log_.warn(std::string("the status cannot be written: ") + error.what());
  }
}

}  // namespace pel::engine
