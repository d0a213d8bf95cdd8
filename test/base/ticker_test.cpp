#include "base/ticker.hpp"

#include <doctest/doctest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <thread>

#include "base/machine.hpp"

using pel::base::monotonic_seconds;
using pel::base::Ticker;

namespace {

constexpr double long_time = 1000;

template <class Condition>
bool becomes_true(Condition const& condition) {
  for (auto const end = monotonic_seconds() + 10; monotonic_seconds() < end;) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

}  // namespace

TEST_CASE("it ticks at its times until it goes") {
  std::atomic<int> ticks{0};
  auto const start = monotonic_seconds();
  {
    Ticker const ticker(0.02, [&] { ++ticks; });
    CHECK(becomes_true([&] { return ticks >= 5; }));
  }
  auto const took = monotonic_seconds() - start;
  int const at_end = ticks;

  CHECK(took >= 0.09);
  CHECK(at_end <= 1 + static_cast<int>(took / 0.02));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  CHECK(ticks == at_end);
}

TEST_CASE("it is woken before its time, as often as asked, and goes at once") {
  std::atomic<int> ticks{0};
  auto const start = monotonic_seconds();
  {
    Ticker const ticker(long_time, [&] { ++ticks; });
    for (int n = 1; n <= 3; ++n) {
      ticker.wake();
      CHECK(becomes_true([&] { return ticks == n; }));
    }
  }

  CHECK(ticks == 3);
  CHECK(monotonic_seconds() - start < 10);
}

TEST_CASE("it is woken by a descriptor of someone else") {
  int const descriptor = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  REQUIRE(descriptor >= 0);
  {
    std::atomic<int> ticks{0};
    Ticker const ticker(
        long_time, [&] { ++ticks; }, descriptor);
    std::uint64_t const one = 1;
    CHECK(write(descriptor, &one, sizeof one) == sizeof one);
    CHECK(becomes_true([&] { return ticks == 1; }));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    CHECK(ticks == 1);
  }
  close(descriptor);
}

TEST_CASE("its thread takes no signals, others do") {
  std::atomic<int> blocked{-1};
  Ticker const ticker(long_time, [&] {
    sigset_t mask;
    pthread_sigmask(SIG_BLOCK, nullptr, &mask);
    blocked = sigismember(&mask, SIGUSR1) + sigismember(&mask, SIGTERM) + sigismember(&mask, SIGUSR2);
  });
  ticker.wake();

  CHECK(becomes_true([&] { return blocked >= 0; }));
  CHECK(blocked == 3);
  sigset_t mask;
  pthread_sigmask(SIG_BLOCK, nullptr, &mask);
  CHECK(sigismember(&mask, SIGUSR1) == 0);
}
