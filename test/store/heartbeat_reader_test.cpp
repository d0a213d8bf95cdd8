#include "store/heartbeat_reader.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <vector>

#include "support/serial_test.hpp"

namespace fs = std::filesystem;
using pel::store::Heartbeat;
using pel::store::HeartbeatReader;
using pel::store::Phase;

namespace {

Heartbeat record_of(std::uint64_t alive, std::uint64_t progress, std::int64_t superstep = 0) {
  Heartbeat record;
  record.incarnation = 5;
  record.alive = alive;
  record.progress = progress;
  record.superstep = superstep;
  return record;
}

fs::path write(std::vector<Heartbeat> const& records) {
  auto const path = pel::test::scratch() / "heartbeat";
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<char const*>(records.data()),
             static_cast<std::streamsize>(records.size() * sizeof(Heartbeat)));
  return path;
}

}  // namespace

TEST_CASE("a rank whose alive stands still is stale after the limit, others are not") {
  HeartbeatReader reader(write({record_of(1, 1), record_of(1, 1)}), 2, 5);
  for (std::uint64_t t = 0; t <= 4; ++t) {
    write({record_of(1 + t, 1), record_of(1, 1)});
    CHECK(reader.look(100 + static_cast<double>(t)));
  }

  CHECK(reader.started() == 2);
  CHECK(reader.stale(103, 3).empty());
  CHECK(reader.stale(104, 3) == std::vector{1});
  write({record_of(6, 1), record_of(2, 1)});
  CHECK(reader.look(105));
  CHECK(reader.stale(105, 3).empty());
}

TEST_CASE("alive without progress grows old") {
  HeartbeatReader reader(write({record_of(1, 1), record_of(1, 1)}), 2, 5);
  for (std::uint64_t t = 0; t <= 5; ++t) {
    write({record_of(1 + t, 1), record_of(1 + t, t < 2 ? t : 2)});
    CHECK(reader.look(static_cast<double>(t)));
  }
  CHECK(reader.without_progress(5) == 3);
  CHECK(reader.stale(5, 3).empty());
}

TEST_CASE("a watcher that was away judges nobody by it") {
  HeartbeatReader reader(write({record_of(1, 1)}), 1, 5);
  CHECK(reader.look(0));
  CHECK(reader.look(1));
  CHECK(reader.look(1000));

  CHECK(reader.stale(1000, 3).empty());
  CHECK(reader.without_progress(1000) == 0);
  for (double now = 1001; now <= 1004; now += 1) CHECK(reader.look(now));
  CHECK(reader.stale(1004, 3) == std::vector{0});
}

TEST_CASE("a rank that has not started, or has ended, is not stale") {
  auto ended = record_of(3, 3);
  ended.phase = Phase::end;
  HeartbeatReader reader(write({ended, Heartbeat()}), 3, 5);
  for (double now = 0; now < 20; now += 1) CHECK(reader.look(now));

  CHECK(reader.stale(20, 3).empty());
  CHECK(reader.started() == 1);
  CHECK_FALSE(reader.all_ended());
  write({ended, ended, ended});
  CHECK(reader.look(20));
  CHECK(reader.all_ended());
}

TEST_CASE("what an older launch wrote counts as nothing") {
  auto old = record_of(9, 9, 9);
  old.incarnation = 4;
  HeartbeatReader reader(write({old, record_of(1, 1, 3)}), 2, 5);
  CHECK(reader.look(0));

  CHECK(reader.records()[0].alive == 0);
  CHECK(reader.started() == 1);
  CHECK(reader.superstep() == 3);
}

TEST_CASE("the superstep of a job is that of its slowest rank") {
  HeartbeatReader reader(write({record_of(1, 1, 8), record_of(1, 1, 7)}), 2, 5);
  CHECK(reader.superstep() == -1);
  CHECK(reader.look(0));
  CHECK(reader.superstep() == 7);
  write({record_of(1, 1, 8), record_of(1, 1, -1)});
  CHECK(reader.look(1));
  CHECK(reader.superstep() == -1);
}

TEST_CASE("a missing file cannot be read; a short one is of ranks that have not started") {
  HeartbeatReader missing(pel::test::scratch() / "missing", 2, 5);
  CHECK_FALSE(missing.look(0));
  CHECK(missing.started() == 0);

  auto const path = write({record_of(1, 1), record_of(1, 1)});
  fs::resize_file(path, 100);
  HeartbeatReader reader(path, 2, 5);
  CHECK(reader.look(0));
  CHECK(reader.started() == 1);
}
