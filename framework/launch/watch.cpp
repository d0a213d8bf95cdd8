#include "launch/watch.hpp"

#include <algorithm>
#include <cstddef>

namespace pel::launch {
namespace {

constexpr std::size_t durations_kept = 31;
constexpr int stops_needed = 2;

}  // namespace

WatchLimits silent_limits(double asked, bool network_file_system) {
  constexpr double seldom_late = 3, network_late = 15, two_ticks = 2;
  WatchLimits limits;
  limits.silent_seconds = asked >= 0 ? std::max(asked, two_ticks) : network_file_system ? network_late : seldom_late;
  limits.silent_here_seconds = std::max(limits.silent_here_seconds, limits.silent_seconds);
  return limits;
}

Watch::Watch(std::filesystem::path const& path, int ranks, std::uint64_t incarnation, WatchLimits const& limits)
    : reader_(path, ranks, incarnation), ranks_(ranks), limits_(limits), stops_(static_cast<std::size_t>(ranks), 0) {}

double Watch::stall_limit() const {
  if (durations_.empty()) return limits_.stall_seconds;
  std::vector<double> sorted(durations_.begin(), durations_.end());
  std::sort(sorted.begin(), sorted.end());
  return std::max(limits_.stall_seconds, limits_.stall_supersteps * sorted[sorted.size() / 2]);
}

void Watch::note_superstep(double now) {
  std::int64_t superstep = -1;
  for (auto const& record : reader_.records())
    if (record.alive != 0) superstep = std::max(superstep, record.superstep);
  if (superstep == superstep_ || superstep < 0) return;
  bool const next_run = superstep < superstep_;  // of the job: it counts from 0 again
  if (superstep_ >= 0 && !next_run)
    durations_.push_back((now - superstep_began_) / static_cast<double>(superstep - superstep_));
  if (durations_.size() > durations_kept) durations_.pop_front();
  superstep_ = superstep;
  superstep_began_ = now;
}

Finding Watch::stopped(double now, std::vector<ProcessState> const& states) {
  Finding finding;
  for (std::size_t rank = 0; rank < states.size(); ++rank) {
    stops_[rank] = states[rank] == ProcessState::stopped ? stops_[rank] + 1 : 0;
    if (stops_[rank] >= stops_needed && finding.what == Finding::What::fine)
      finding = {
          .what = Finding::What::stopped, .rank = static_cast<int>(rank), .seconds = reader_.without_progress(now)};
  }
  return finding;
}

Finding Watch::silent(double now, std::vector<ProcessState> const& states) const {
  auto const here = reader_.stale(now, limits_.silent_here_seconds);
  for (auto const rank : reader_.stale(now, limits_.silent_seconds)) {
    bool const going = states[static_cast<std::size_t>(rank)] == ProcessState::going;
    bool const too_long = std::find(here.begin(), here.end(), rank) != here.end();
    if (!going || too_long)
      return {.what = Finding::What::silent,
              .rank = rank,
              .seconds = going ? limits_.silent_here_seconds : limits_.silent_seconds};
  }
  return {};
}

// How long nothing may get done as things are.
double Watch::patience() const {
  constexpr double of_disks = 12;
  if (!all_started()) return std::max(stall_limit(), limits_.start_seconds);
  return stall_limit() * (waits_for_disks() ? of_disks : 1);
}

// Loading, restoring and writing wait for disks, and do not always say how far they are. A rank that computes does not,
// and the others may be waiting for it.
bool Watch::waits_for_disks() const {
  using store::Phase;
  bool waits = false;
  for (auto const& record : reader_.records()) {
    if (record.phase == Phase::start || record.phase == Phase::compute || record.phase == Phase::exchange) return false;
    waits = waits || record.phase != Phase::end;
  }
  return waits;
}

Finding Watch::look(double now, std::function<ProcessState(store::Heartbeat const&)> const& state_of) {
  (void)reader_.look(now);
  std::vector<ProcessState> states;
  for (auto const& record : reader_.records()) {
    bool const lives = record.alive != 0 && record.phase != store::Phase::end;
    states.push_back(lives ? state_of(record) : ProcessState::unknown);
  }
  note_superstep(now);
  auto finding = stopped(now, states);
  if (finding.what == Finding::What::fine) finding = silent(now, states);
  auto const stalled = reader_.without_progress(now);
  if (finding.what == Finding::What::fine && stalled > patience())
    finding = {.what = Finding::What::hung, .seconds = stalled};
  return finding;
}

}  // namespace pel::launch
