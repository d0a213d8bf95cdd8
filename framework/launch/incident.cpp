#include "launch/incident.hpp"

#include <fmt/core.h>

#include <cstddef>
#include <utility>

#include "launch/duration.hpp"
#include "launch/exit_codes.hpp"

namespace pel::launch {
namespace {

store::Heartbeat const* beat_of(Incident const& incident, int rank) {
  bool const known = rank >= 0 && static_cast<std::size_t>(rank) < incident.beats.size();
  auto const* const beat = known ? &incident.beats[static_cast<std::size_t>(rank)] : nullptr;
  return beat != nullptr && beat->alive > 0 ? beat : nullptr;
}

std::string rank_in_words(Incident const& incident, int rank) {
  auto const* const beat = beat_of(incident, rank);
  auto const host = beat != nullptr      ? store::host_of(*beat)
                    : incident.end.death ? incident.end.death->host
                                         : std::string();
  return host.empty() ? fmt::format("rank {}", rank) : fmt::format("rank {} ({})", rank, host);
}

// What the rank last said, if nothing newer is known: heartbeats come once a second, and a superstep may be shorter.
store::Heartbeat const* fresh_beat_of(Incident const& incident, int rank) {
  auto const* const beat = beat_of(incident, rank);
  return beat != nullptr && beat->superstep >= 0 && beat->superstep >= incident.end.superstep ? beat : nullptr;
}

// " in superstep 6, compute", " after superstep 5"
std::string place_in_words(Incident const& incident, int rank) {
  if (auto const* const beat = fresh_beat_of(incident, rank))
    return fmt::format(" in superstep {}, {}", beat->superstep, store::name_of(beat->phase));
  return incident.end.superstep < 0 ? "" : fmt::format(" in or after superstep {}", incident.end.superstep);
}

}  // namespace

std::string where_it_was(Incident const& incident) {
  auto const* const beat = fresh_beat_of(incident, rank_of(incident));
  return beat == nullptr ? "" : store::describe(*beat);
}

int rank_of(Incident const& incident) {
  if (incident.end.outcome) return -1;
  if (incident.finding.what != Finding::What::fine) return incident.finding.rank;
  return incident.end.death ? incident.end.death->rank : -1;
}

std::string cause_in_words(Incident const& incident) {
  auto const& end = incident.end;
  if (end.outcome) {
    auto const first = incident.error.substr(0, incident.error.find('\n'));
    return first.empty() ? meaning_of(*end.outcome) : first;
  }
  auto const rank = rank_of(incident);
  auto const seconds = show_duration(incident.finding.seconds);
  switch (incident.finding.what) {
    case Finding::What::stopped:
      return rank_in_words(incident, rank) + " was stopped" + place_in_words(incident, rank);
    case Finding::What::silent:
      return rank_in_words(incident, rank) + " gave no sign of life for " + seconds + place_in_words(incident, rank);
    case Finding::What::hung:
      return "no rank made progress for " + seconds + place_in_words(incident, 0) +
             ": a deadlock, or a step without end";
    case Finding::What::fine:
      break;
  }
  auto const code = cause_of(end);
  if (end.death && code == 128 + end.death->signal)
    return fmt::format("{} was {}{}", rank_in_words(incident, rank), meaning_of(code), place_in_words(incident, rank));
  if (code != end.code)
    return fmt::format("the ranks ended without saying how (the launcher's code: {}){}", end.code,
                       place_in_words(incident, -1));
  return (code > 128 && retry_of(code) == Retry::again && code <= 128 + 64 ? "a rank or the launcher was " : "") +
         meaning_of(code) + place_in_words(incident, -1);
}

std::string error_block(ErrorBlock const& block) {
  std::string text = "error: " + block.what + "\n";
  std::pair<char const*, std::string const&> const lines[]{
      {"likely", block.likely}, {"where", block.where}, {"log", block.log}, {"saved", block.saved}};
  for (auto const& [name, content] : lines)
    if (!content.empty()) text += fmt::format("  {:<9} {}\n", name, content);
  text += fmt::format("  {:<9} {}      exit {}\n", "next", block.next, block.code);
  return text;
}

}  // namespace pel::launch
