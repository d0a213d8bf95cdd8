#include "launch/watch.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

#include "support/serial_test.hpp"

using pel::launch::Finding;
using pel::launch::ProcessState;
using pel::launch::Watch;
using pel::store::Heartbeat;
using What = pel::launch::Finding::What;

namespace {

// A job of some ranks, as its heartbeat file shows it.
struct Job {
  std::filesystem::path path = pel::test::scratch() / "heartbeat";
  std::vector<Heartbeat> ranks;

  explicit Job(std::size_t n) : ranks(n) {
    for (auto& rank : ranks)
      rank = {.incarnation = 3, .alive = 1, .superstep = 0, .pid = 7, .phase = pel::store::Phase::compute};
  }
  void write() const {
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<char const*>(ranks.data()),
               static_cast<std::streamsize>(ranks.size() * sizeof(Heartbeat)));
  }
  void beat(std::vector<std::size_t> const& who) {
    for (auto const rank : who) ++ranks[rank].alive;
    write();
  }
};

ProcessState elsewhere(Heartbeat const&) { return ProcessState::unknown; }
ProcessState here(Heartbeat const&) { return ProcessState::going; }

// The first finding while only `who` beat, looking four times a second for `seconds`.
Finding found(Watch& watch, Job& job, std::vector<std::size_t> const& who, double from, double seconds,
              std::function<ProcessState(Heartbeat const&)> const& state) {
  for (double now = from; now < from + seconds; now += 0.25) {
    job.beat(who);
    auto const finding = watch.look(now, state);
    if (finding.what != What::fine) return finding;
  }
  return {};
}

}  // namespace

TEST_CASE("a rank of another host that misses three ticks is silent") {
  Job job(3);
  Watch watch(job.path, 3, 3, {});

  CHECK(found(watch, job, {0, 1, 2}, 0, 20, elsewhere).what == What::fine);
  auto const finding = found(watch, job, {0, 1}, 20, 4, elsewhere);
  CHECK(finding.what == What::silent);
  CHECK(finding.rank == 2);
  CHECK(watch.all_started());
}

TEST_CASE("a rank that is seen not to be stopped has more time for its beats") {
  Job job(2);
  Watch watch(job.path, 2, 3, {});

  CHECK(found(watch, job, {0}, 0, 9.5, here).what == What::fine);
  CHECK(found(watch, job, {0}, 9.5, 2, here).what == What::silent);
}

TEST_CASE("a stop is found at the second look") {
  Job job(2);
  Watch watch(job.path, 2, 3, {});
  auto const stopped = [](Heartbeat const& beat) {
    return beat.pid == 8 ? ProcessState::stopped : ProcessState::going;
  };
  CHECK(found(watch, job, {0, 1}, 0, 2, stopped).what == What::fine);

  job.ranks[1].pid = 8;
  job.write();

  CHECK(watch.look(2, stopped).what == What::fine);
  CHECK(watch.look(2.25, stopped).what == What::stopped);
}

TEST_CASE("ranks that have not started, have ended, or are of another launch are not silent") {
  Job job(3);
  job.ranks[0].alive = 0;
  job.ranks[1].phase = pel::store::Phase::end;
  job.ranks[2].incarnation = 2;
  job.write();
  Watch watch(job.path, 3, 3, {});

  CHECK(found(watch, job, {}, 0, 60, elsewhere).what == What::fine);
  CHECK_FALSE(watch.all_started());
}

TEST_CASE("all alive and no progress is a hang after the stall limit") {
  Job job(2);
  Watch watch(job.path, 2, 3, {.stall_seconds = 5});

  CHECK(found(watch, job, {0, 1}, 0, 5, here).what == What::fine);
  auto const finding = found(watch, job, {0, 1}, 5, 1, here);
  CHECK(finding.what == What::hung);
  CHECK(finding.seconds > 5);
}

TEST_CASE("who waits for a disk has more time, unless another rank computes or has not started") {
  using pel::store::Phase;
  auto const seconds_until_hung = [](Phase first, Phase second, bool started = true) {
    Job job(2);
    job.ranks[0].phase = first;
    job.ranks[1].phase = second;
    if (!started) job.ranks[1].alive = 0;
    Watch watch(job.path, 2, 3, {.start_seconds = 20, .stall_seconds = 5});
    job.write();
    double now = 0;
    while (watch.look(now, here).what != What::hung && now < 100) {
      now += 0.25;
      job.beat(started ? std::vector<std::size_t>{0, 1} : std::vector<std::size_t>{0});
    }
    return now;
  };

  for (auto const phase : {Phase::load, Phase::restore, Phase::checkpoint, Phase::write})
    CHECK(seconds_until_hung(phase, phase) == doctest::Approx(60).epsilon(0.01));
  for (auto const phase : {Phase::compute, Phase::exchange, Phase::start})
    CHECK(seconds_until_hung(phase, Phase::checkpoint) == doctest::Approx(5).epsilon(0.1));
  CHECK(seconds_until_hung(Phase::load, Phase::load, false) == doctest::Approx(20).epsilon(0.02));
}

TEST_CASE("limits for silence are those asked for, or suit the file system") {
  using pel::launch::silent_limits;
  CHECK(silent_limits(-1, false).silent_seconds == 3);
  CHECK(silent_limits(-1, true).silent_seconds == 15);
  CHECK(silent_limits(-1, true).silent_here_seconds == 15);
  CHECK(silent_limits(8, true).silent_seconds == 8);
  CHECK(silent_limits(8, true).silent_here_seconds == 10);
  CHECK(silent_limits(0, false).silent_seconds == 2);  // heartbeats come once a second
}

TEST_CASE("a job's next run counts its supersteps anew") {
  Job job(2);
  Watch watch(job.path, 2, 3, {});
  for (auto& rank : job.ranks) rank.superstep = 11;
  CHECK(found(watch, job, {0, 1}, 0, 1, here).what == What::fine);
  CHECK(watch.superstep() == 11);

  job.ranks[0].superstep = 0;  // the other's beat is a second old
  CHECK(found(watch, job, {0, 1}, 1, 1, here).what == What::fine);
  CHECK(watch.superstep() == 11);
  job.ranks[1].superstep = 1;
  CHECK(found(watch, job, {0, 1}, 2, 1, here).what == What::fine);

  CHECK(watch.superstep() == 1);
}

TEST_CASE("long supersteps raise the stall limit to 20 medians") {
  Job job(1);
  Watch watch(job.path, 1, 3, {.stall_seconds = 5});
  double now = 0;
  for (int superstep = 0; superstep < 5; ++superstep, now += 1) {
    job.ranks[0].superstep = superstep;
    ++job.ranks[0].progress;
    CHECK(found(watch, job, {0}, now, 1, here).what == What::fine);
  }

  CHECK(watch.stall_limit() == doctest::Approx(20));
  CHECK(watch.superstep() == 4);
}

TEST_CASE("a launcher that was itself stopped blames nobody") {
  Job job(2);
  Watch watch(job.path, 2, 3, {.stall_seconds = 30});
  CHECK(found(watch, job, {0, 1}, 0, 2, elsewhere).what == What::fine);

  CHECK(watch.look(500, elsewhere).what == What::fine);
  CHECK(watch.look(501, elsewhere).what == What::fine);
}
