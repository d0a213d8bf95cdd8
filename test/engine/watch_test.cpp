#include "engine/watch.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "base/log.hpp"
#include "base/machine.hpp"
#include "base/signals.hpp"
#include "support/serial_test.hpp"

using pel::engine::Watch;
using pel::store::RunState;

namespace {

// A run directory of its own for each test case.
std::filesystem::path run_directory(char const* name) {
  auto const run = pel::test::scratch() / name;
  std::filesystem::create_directories(run);
  return run;
}

std::optional<pel::store::RunStatus> status_in(std::filesystem::path const& run) {
  return pel::store::read_run_status(run / "status.json");
}

pel::store::Heartbeat beat_in(std::filesystem::path const& run) {
  std::ifstream file(run / "heartbeat", std::ios::binary);
  pel::store::Heartbeat record;
  file.read(reinterpret_cast<char*>(&record), sizeof record);
  return record;
}

std::string contents_of(std::filesystem::path const& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Wakes the thread of the heartbeat.
void signals_a_beat() { std::raise(SIGUSR2); }

template <class Condition>
bool becomes_true(Condition const& condition) {
  for (auto const end = pel::base::monotonic_seconds() + 20; pel::base::monotonic_seconds() < end;) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

}  // namespace

TEST_CASE("a status is the outcome of its launch") {
  auto const run = run_directory("outcome");
  pel::base::Signals signals(pel::base::Launcher::none);
  Watch watch(signals);

  watch.open(run, 0, 1, 3, pel::base::Log(), 0);
  watch.note_checkpoint(7);
  watch.note_outcome(RunState::stopped, 75, "");

  auto const status = status_in(run);
  REQUIRE(status);
  CHECK(status->incarnation == 3);
  CHECK(status->checkpoint == 7);
  CHECK(status->state == RunState::stopped);
}

TEST_CASE("an earlier launch that lives on does not write over the status of a later one") {
  auto const run = run_directory("zombie");
  pel::base::Signals signals(pel::base::Launcher::none);
  Watch earlier(signals), later(signals);
  earlier.open(run, 0, 1, 3, pel::base::Log(), 0);
  later.open(run, 0, 1, 4, pel::base::Log(), 0);
  later.note_outcome(RunState::done, 0, "");

  earlier.note_checkpoint(7);
  earlier.note_outcome(RunState::failed, 71, "the lease is lost");

  auto const status = status_in(run);
  REQUIRE(status);
  CHECK(status->incarnation == 4);
  CHECK(status->state == RunState::done);
}

TEST_CASE("a superstep computes, whatever was before") {
  auto const run = run_directory("phase");
  pel::base::Signals signals(pel::base::Launcher::none);
  Watch watch(signals);
  watch.open(run, 0, 1, 3, pel::base::Log(), 0);

  watch.enter(pel::store::Phase::restore);
  watch.begin_superstep(7, 1);
  signals_a_beat();

  CHECK(becomes_true([&] { return beat_in(run).phase == pel::store::Phase::compute; }));
}

TEST_CASE("the log and the status say what a superstep does") {
  auto const run = run_directory("doing");
  auto const told = run / "stderr";
  auto const before = dup(STDERR_FILENO), file = open(told.c_str(), O_CREAT | O_RDWR, 0600);
  dup2(file, STDERR_FILENO);
  {
    pel::base::Signals signals(pel::base::Launcher::none);
    Watch watch(signals);
    watch.open(run, 0, 1, 3, pel::base::Log("test", pel::base::LogLevel::info), 0, 0.01);
    signals_a_beat();  // nothing to tell yet
    watch.begin_superstep(7, 5, "sort_by: sample");
    watch.note_superstep(6);

    CHECK(becomes_true([&] {
      signals_a_beat();
      return contents_of(told).find("test superstep 7, sort_by: sample, compute, 0 of 5 partitions\n") !=
             std::string::npos;
    }));
    CHECK(becomes_true([&] { return status_in(run)->doing == "sort_by: sample"; }));
    CHECK(becomes_true(
        [&] { return contents_of(told).find("rank 0: superstep 7, sort_by: sample, compute") != std::string::npos; }));
    CHECK(contents_of(told).find("test before the first superstep") == std::string::npos);
    watch.begin_superstep(8, 5);
    watch.note_outcome(RunState::done, 0, "");
    CHECK(status_in(run)->doing.empty());
  }
  dup2(before, STDERR_FILENO);
  close(before);
  close(file);
}

TEST_CASE("a file that hangs does not hold up the sign of life") {
  auto const run = run_directory("hang");
  REQUIRE(mkfifo((run / "halt").c_str(), 0600) == 0);  // to open it waits for a writer
  pel::base::Signals signals(pel::base::Launcher::none);
  auto watch = std::make_unique<Watch>(signals);
  watch->open(run, 0, 1, 3, pel::base::Log(), 0);

  CHECK(becomes_true([&] { return beat_in(run).alive >= 4; }));

  int writer = -1;
  CHECK(becomes_true([&] { return (writer = open((run / "halt").c_str(), O_WRONLY | O_NONBLOCK)) >= 0; }));
  std::filesystem::remove(run / "halt");
  close(writer);
  watch.reset();
}

TEST_CASE("the first superstep of a launch shows at once") {
  auto const run = run_directory("first");
  pel::base::Signals signals(pel::base::Launcher::none);
  Watch watch(signals);
  watch.open(run, 0, 1, 3, pel::base::Log(), 0);

  auto const before = pel::base::monotonic_seconds();
  watch.note_superstep(41);

  CHECK(becomes_true([&] { return status_in(run)->superstep == 41; }));
  CHECK(pel::base::monotonic_seconds() - before < 0.9);
}

TEST_CASE("a launch begins with its own status, whatever number the last one had") {
  auto const run = run_directory("number");
  pel::base::Signals signals(pel::base::Launcher::none);
  Watch last(signals), next(signals);
  last.open(run, 0, 1, 9, pel::base::Log(), 0);

  next.open(run, 0, 1, 1, pel::base::Log(), 0);

  auto const status = status_in(run);
  REQUIRE(status);
  CHECK(status->incarnation == 1);
}
