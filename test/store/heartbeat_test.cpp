#include "store/heartbeat.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

#include "base/machine.hpp"
#include "pel/error.hpp"
#include "support/serial_test.hpp"

namespace fs = std::filesystem;
using pel::store::describe;
using pel::store::Heartbeat;
using pel::store::HeartbeatWriter;
using pel::store::Phase;

namespace {

std::vector<Heartbeat> records_of(fs::path const& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<char> const bytes{std::istreambuf_iterator<char>(file), {}};
  std::vector<Heartbeat> records(bytes.size() / sizeof(Heartbeat));
  for (std::size_t i = 0; i < records.size(); ++i)
    std::memcpy(&records[i], bytes.data() + i * sizeof(Heartbeat), sizeof(Heartbeat));
  return records;
}

HeartbeatWriter::Options options_of(fs::path path, int rank, int ranks, double tick_seconds = 1000) {
  HeartbeatWriter::Options options;
  options.path = std::move(path);
  options.rank = rank;
  options.ranks = ranks;
  options.incarnation = 5;
  options.tick_seconds = tick_seconds;
  return options;
}

template <class Condition>
bool becomes_true(Condition const& condition) {
  for (auto const end = pel::base::monotonic_seconds() + 10; pel::base::monotonic_seconds() < end;) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return false;
}

}  // namespace

TEST_CASE("each rank has its 64 bytes, and keeps those of the others") {
  auto const path = pel::test::scratch() / "run" / "heartbeat";
  HeartbeatWriter const second(options_of(path, 1, 3));
  HeartbeatWriter const first(options_of(path, 0, 3));

  auto const records = records_of(path);

  REQUIRE(records.size() == 3);
  for (std::size_t rank : {0U, 1U}) {
    CHECK(records[rank].incarnation == 5);
    CHECK(records[rank].alive == 1);
    CHECK(records[rank].pid == getpid());
    CHECK(records[rank].superstep == -1);
    CHECK(pel::base::host_name().starts_with(pel::store::host_of(records[rank])));
  }
  CHECK(records[2].alive == 0);
}

TEST_CASE("the fields are where the format says") {
  Heartbeat record{1, 2, 3, 4, 5, Phase::exchange, 7, 8, {'n'}};
  std::array<unsigned char, 64> bytes{};
  std::memcpy(bytes.data(), &record, sizeof record);

  CHECK(bytes[0] == 1);
  CHECK(bytes[8] == 2);
  CHECK(bytes[16] == 3);
  CHECK(bytes[24] == 4);
  CHECK(bytes[32] == 5);
  CHECK(bytes[36] == 3);
  CHECK(bytes[40] == 7);
  CHECK(bytes[44] == 8);
  CHECK(bytes[48] == 'n');
}

TEST_CASE("the thread raises alive while the rank does nothing") {
  auto const path = pel::test::scratch() / "alive";
  HeartbeatWriter const writer(options_of(path, 0, 1, 0.01));

  CHECK(becomes_true([&] { return records_of(path).at(0).alive >= 5; }));
  CHECK(records_of(path).at(0).progress == 0);
  CHECK(writer.write_error() == 0);
}

TEST_CASE("what gets done is progress and shows where the rank is") {
  HeartbeatWriter writer(options_of({}, 0, 1));
  writer.set_phase(Phase::checkpoint);
  writer.begin_superstep(7, 16);  // computes, whatever was before
  for (int i = 0; i < 3; ++i) writer.partition_done();

  auto const record = writer.record();

  CHECK(record.progress == 5);
  CHECK(record.superstep == 7);
  CHECK(record.phase == Phase::compute);
  CHECK(record.done == 3);
  CHECK(record.of == 16);
  writer.begin_superstep(8, 16);
  CHECK(writer.record().done == 0);
  writer.advance();
  CHECK(writer.record().progress == 7);
}

TEST_CASE("a record in words") {
  Heartbeat record{1, 2, 3, 7, 81, Phase::compute, 3, 16, {'n', 'o', 'd', 'e'}};
  CHECK(describe(record) == "superstep 7, compute, 3 of 16 partitions (process 81 on node)");
  record.superstep = -1;
  record.of = 0;
  record.phase = Phase::load;
  CHECK(describe(record) == "before the first superstep, load (process 81 on node)");
  record.host.fill('x');
  CHECK(pel::store::host_of(record) == std::string(16, 'x'));
  CHECK(pel::store::name_of(static_cast<Phase>(99)) == std::string("unknown"));
}

TEST_CASE("a woken thread writes and calls its hook though no second has passed") {
  auto const path = pel::test::scratch() / "woken";
  std::atomic<std::int64_t> seen{-1};
  auto options = options_of(path, 0, 1);
  options.each_tick = [&](Heartbeat const& record) { seen = record.superstep; };
  HeartbeatWriter writer(std::move(options));

  writer.begin_superstep(42, 1);
  writer.wake();

  CHECK(becomes_true([&] { return seen == 42; }));
  CHECK(records_of(path).at(0).superstep == 42);
  CHECK(records_of(path).at(0).alive == 2);
}

TEST_CASE("without a file there is the thread alone") {
  std::atomic<int> ticks{0};
  auto options = options_of({}, 0, 1, 0.01);
  options.each_tick = [&](Heartbeat const&) { ++ticks; };
  HeartbeatWriter const writer(std::move(options));

  CHECK(becomes_true([&] { return ticks >= 3; }));
}

TEST_CASE("a writer that goes says so") {
  auto const path = pel::test::scratch() / "end";
  { HeartbeatWriter const writer(options_of(path, 0, 1)); }

  CHECK(records_of(path).at(0).phase == Phase::end);
}

TEST_CASE("a file that cannot be made is a failed write") {
  CHECK_THROWS_AS(HeartbeatWriter(options_of(pel::test::scratch(), 0, 1)), pel::WriteFailed);
}
