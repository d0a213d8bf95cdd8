#include "engine/workers.hpp"

#include <doctest/doctest.h>
#include <oneapi/tbb/parallel_for.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "base/machine.hpp"

using pel::engine::Workers;

namespace {

struct Seen {
  std::vector<std::atomic<int>> times;
  std::atomic<bool> ids_in_range = true, alone_with_id = true;
  explicit Seen(std::size_t n) : times(n) {}
};

// Runs n items, each a little work, and notes how often each ran and who ran it.
void observe(Workers& workers, Seen& seen) {
  std::vector<std::atomic<bool>> busy(static_cast<std::size_t>(workers.threads()));
  workers.for_each(seen.times.size(), [&](std::size_t item, int worker) {
    ++seen.times[item];
    if (worker < 0 || worker >= workers.threads()) {
      seen.ids_in_range = false;
      return;
    }
    auto& mine = busy[static_cast<std::size_t>(worker)];
    if (mine.exchange(true)) seen.alone_with_id = false;
    std::this_thread::sleep_for(std::chrono::microseconds(10));
    mine = false;
  });
}

}  // namespace

TEST_CASE("each item runs once, and no two at a time have the same worker") {
  for (int const threads : {1, 2, 3, 8}) {
    Workers workers(threads);
    CHECK(workers.threads() == threads);
    for (std::size_t const n : {0UL, 1UL, 2UL, 3UL, 64UL, 2000UL}) {
      CAPTURE(threads);
      CAPTURE(n);
      Seen seen(n);
      observe(workers, seen);
      for (auto const& times : seen.times) CHECK(times == 1);
      CHECK(seen.ids_in_range);
      CHECK(seen.alone_with_id);
    }
  }
}

TEST_CASE("an item that waits for tasks of its own is handed no other item meanwhile") {
  Workers workers(4);
  std::vector<std::atomic<bool>> busy(4);
  std::atomic<bool> alone_with_id = true;

  workers.for_each(200, [&](std::size_t, int worker) {
    auto& mine = busy[static_cast<std::size_t>(worker)];
    if (mine.exchange(true)) alone_with_id = false;
    oneapi::tbb::parallel_for(0, 64, [](int) { std::this_thread::sleep_for(std::chrono::microseconds(5)); });
    mine = false;
  });

  CHECK(alone_with_id);
}

TEST_CASE("two threads run two items at the same time") {
  Workers workers(2);
  std::atomic<int> inside = 0;
  std::atomic<bool> met = false;

  workers.for_each(2, [&](std::size_t, int) {
    ++inside;
    auto const until = pel::base::monotonic_seconds() + 10;
    while (!met && pel::base::monotonic_seconds() < until) {
      if (inside == 2) met = true;
      std::this_thread::yield();
    }
  });

  CHECK(met);
}

TEST_CASE("a single thread runs the items in order, on the calling thread") {
  Workers workers(1);
  std::vector<std::size_t> order;
  auto const caller = std::this_thread::get_id();

  workers.for_each(5, [&](std::size_t item, int worker) {
    CHECK(worker == 0);
    CHECK(std::this_thread::get_id() == caller);
    order.push_back(item);
  });

  CHECK(order == std::vector<std::size_t>{0, 1, 2, 3, 4});
}

TEST_CASE("workers that were moved still work") {
  Workers first(2);
  Workers second(std::move(first));
  Seen seen(100);

  observe(second, seen);

  for (auto const& times : seen.times) CHECK(times == 1);
}
