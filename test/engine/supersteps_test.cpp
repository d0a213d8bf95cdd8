// Messages that are exchanged while others are still made.
#include "engine/supersteps.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/machine.hpp"
#include "comm/communicator.hpp"
#include "driver.hpp"
#include "engine/outgoing.hpp"
#include "pel/error.hpp"
#include "support/mpi_test.hpp"

using pel::engine::StepFrame;
using pel::test::Driver;
using pel::test::rank;
using pel::test::ranks;
using pel::test::settings_of;

namespace {

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20U;

pel::engine::RunSettings settings_with(std::uint64_t memory) {
  auto settings = settings_of(40);
  settings.memory = memory;
  return settings;
}

void send_to_all(StepFrame& frame, std::uint64_t bytes) {
  std::vector<pel::engine::Piece> pieces;
  for (std::uint32_t p = 0; p < frame.partition.count; ++p)
    pieces.push_back({pel::partition_id(p), 1, bytes / frame.partition.count});
  frame.outgoing->shape(pieces, frame.local);
  for (std::size_t i = 0; i < pieces.size(); ++i)
    std::memset(frame.outgoing->bytes(i).data(), static_cast<int>(frame.partition.index()), pieces[i].bytes);
}

// What came is one piece of each partition, in order, and as it was sent.
bool came_from_all(StepFrame const& frame, std::uint64_t bytes) {
  std::size_t from = 0;
  for (auto const& segment : frame.inbox) {
    if (pel::index(segment.from) != from++ || segment.bytes.size() != bytes / frame.partition.count) return false;
    for (auto const byte : segment.bytes)
      if (byte != static_cast<std::byte>(pel::index(segment.from))) return false;
  }
  return from == frame.partition.count;
}

std::size_t most_of_all(std::size_t mine) {
  std::size_t most = 0;
  for (auto const& text : pel::comm::Communicator::world().all_gather(std::to_string(mine)))
    most = std::max<std::size_t>(most, std::stoull(text));
  return most;
}

}  // namespace

TEST_CASE("ranks that have much to send exchange it on the way, where memory would hold it") {
  for (int const threads : {1, 3}) {
    Driver driver(settings_with(1024 * mebibyte), threads);  // 32 MiB are worth it, 256 too much
    std::atomic<std::size_t> rounds{0};
    (void)driver.run->superstep({.name = "send",
                                 .step =
                                     [&](std::size_t, StepFrame& frame) {
                                       send_to_all(frame, 4 * mebibyte);
                                       if (frame.rounds->count() > rounds) rounds = frame.rounds->count();
                                     },
                                 .fold = {}});
    std::atomic<bool> right{true};
    (void)driver.run->superstep({.name = "look",
                                 .step =
                                     [&](std::size_t, StepFrame& frame) {
                                       if (!came_from_all(frame, 4 * mebibyte)) right = false;
                                     },
                                 .fold = {}});

    CHECK(right);
    auto const most = most_of_all(rounds);
    if (ranks() == 1) CHECK(most == 0);
    if (ranks() == 2 && threads == 1) CHECK(most > 0);  // of two, one at least finds that the other could
  }
}

TEST_CASE("a rank with much to send does not wait for one that has little") {
  if (ranks() == 1) return;
  Driver driver(settings_with(1024 * mebibyte), 1);
  auto const sign = pel::test::scratch() / ("sent-" + std::to_string(ranks()));
  std::filesystem::remove(sign);
  (void)pel::comm::Communicator::world().all_gather("");
  std::size_t sent = 0;
  bool waited = false;
  (void)driver.run->superstep({.name = "send",
                               .step =
                                   [&](std::size_t, StepFrame& frame) {
                                     if (rank() == 0) {
                                       send_to_all(frame, 160 * mebibyte / driver.run->mine().size());
                                       if (++sent == driver.run->mine().size()) std::ofstream{sign};
                                     } else if (rank() == ranks() - 1 && !waited) {
                                       waited = true;
                                       auto const until = pel::base::monotonic_seconds() + 40;
                                       while (!std::filesystem::exists(sign) &&
                                              pel::base::monotonic_seconds() < until) {
                                       }
                                       CHECK(std::filesystem::exists(sign));
                                     }
                                   },
                               .fold = {}});
}

TEST_CASE("a step that fails where others have said that they could exchange is the same failure on all") {
  for (bool const in_fold : {false, true}) {
    Driver driver(settings_with(1024 * mebibyte), 1);
    std::string told;
    try {
      (void)driver.run->superstep({.name = "send",
                                   .step =
                                       [&](std::size_t, StepFrame& frame) {
                                         if (!in_fold && frame.partition.index() == frame.partition.count - 1)
                                           throw std::runtime_error("no more");
                                         send_to_all(frame, 4 * mebibyte);
                                       },
                                   .fold =
                                       [&](auto) {
                                         if (in_fold && rank() == 0) throw std::runtime_error("no more");
                                       }});
      (void)driver.run->superstep({.name = "next",
                                   .step = [](std::size_t, StepFrame& frame) { send_to_all(frame, 4 * mebibyte); },
                                   .fold = {}});
    } catch (pel::KernelFailed const& failure) {
      told = failure.cause;
    }
    CHECK(told == "no more");
  }
}
