#include "launch/incident.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string_view>

using pel::launch::cause_in_words;
using pel::launch::Death;
using pel::launch::Finding;
using pel::launch::Incident;
using pel::launch::LaunchEnd;

namespace {

pel::store::Heartbeat beat(std::int64_t superstep, std::string_view host) {
  pel::store::Heartbeat record{
      .incarnation = 1, .alive = 9, .superstep = superstep, .phase = pel::store::Phase::compute};
  std::ranges::copy(host, record.host.begin());
  return record;
}

Incident killed() {
  return {
      .end = {.code = 137, .death = Death{.signal = 9, .rank = 1, .host = "node07"}, .started = true, .superstep = 6},
      .finding = {},
      .beats = {beat(6, "node06"), beat(6, "node07")}};
}

}  // namespace

TEST_CASE("a death is told with rank, host, signal, superstep and phase") {
  CHECK(cause_in_words(killed()) == "rank 1 (node07) was killed by signal 9 (Killed) in superstep 6, compute");
  CHECK(pel::launch::rank_of(killed()) == 1);
}

TEST_CASE("an old heartbeat does not say where it was") {
  auto incident = killed();
  incident.beats[1].superstep = 4;

  CHECK(cause_in_words(incident) == "rank 1 (node07) was killed by signal 9 (Killed) in or after superstep 6");
  CHECK(pel::launch::where_it_was(incident).empty());
}

TEST_CASE("a stop, a silence and a hang are told as such") {
  auto incident = killed();
  incident.end.death.reset();
  incident.finding = {.what = Finding::What::stopped, .rank = 0, .seconds = 0.5};
  CHECK(cause_in_words(incident) == "rank 0 (node06) was stopped in superstep 6, compute");
  incident.finding = {.what = Finding::What::silent, .rank = 1, .seconds = 3};
  CHECK(cause_in_words(incident) == "rank 1 (node07) gave no sign of life for 3.0 s in superstep 6, compute");
  incident.finding = {.what = Finding::What::hung, .seconds = 300};
  CHECK(cause_in_words(incident).starts_with("no rank made progress for 5 min in superstep 6"));
}

TEST_CASE("an outcome is told with the ranks' own words") {
  auto incident = killed();
  incident.end.outcome = 70;
  incident.error = "partition 3: it threw\n  next      a debugger";

  CHECK(cause_in_words(incident) == "partition 3: it threw");
}

TEST_CASE("a launcher's code is told where there is nothing better") {
  Incident incident{.end = {.code = 205, .started = true}, .finding = {}, .beats = {}};
  CHECK(cause_in_words(incident) == "mpirun lost a host");
  incident.end.code = 0;
  CHECK(cause_in_words(incident) == "the ranks ended without saying how (the launcher's code: 0)");
}

TEST_CASE("an error block leaves out what is not known") {
  CHECK(pel::launch::error_block({.what = "rank 1 died", .likely = "a bug", .next = "pel resume", .code = 137}) ==
        "error: rank 1 died\n  likely    a bug\n  next      pel resume      exit 137\n");
}
