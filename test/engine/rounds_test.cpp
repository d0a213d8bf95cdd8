#include "engine/rounds.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstdint>
#include <stdexcept>
#include <thread>
#include <vector>

#include "engine/admission.hpp"
#include "engine/workers.hpp"

using pel::engine::Admission;
using pel::engine::BrokenOff;
using pel::engine::Rounds;
using pel::engine::Workers;

namespace {

constexpr std::uint64_t most_ready = 10;  // bytes that may lie ready before a step begins

// A superstep whose steps send bytes and pause.
class PausingSuperstep {
 public:
  explicit PausingSuperstep(int threads) : workers_(threads) {}

  std::atomic<int> running{0};  // steps that are not waiting
  std::atomic<std::uint64_t> ready{0}, moved{0};
  bool ran_meanwhile = false, too_much = false;
  std::size_t breaks_at = ~std::size_t{0};  // round that throws

  template <class Step>
  void run(std::size_t steps, Step const& step) {
    rounds.begin({[this] { exchange(); }, [](auto sent) { return sent > most_ready; }}, steps);
    workers_.for_each(
        steps,
        [&](std::size_t i, int) {
          try {
            rounds.enter();
            ++running;
            std::uint64_t sent = 0;
            try {
              sent = step(i);
            } catch (BrokenOff const&) {
              ++broken_off;
            }
            ready += sent;
            --running;
            rounds.leave(sent);
          } catch (BrokenOff const&) {
            ++broken_off;
          }
          rounds.note_over();
        },
        [&] { rounds.serve(); });
    moved += ready.exchange(0);
  }
  void pause(std::uint64_t sent) {
    ready += sent;
    --running;
    try {
      rounds.pause(sent);
    } catch (BrokenOff const&) {
      ++running;
      throw;
    }
    ++running;
  }

  Rounds rounds;
  std::atomic<int> broken_off{0};

 private:
  void exchange() {
    ran_meanwhile = ran_meanwhile || running != 0;
    too_much = too_much || ready > most_ready + 3 * 7;
    if (rounds.count() == breaks_at) throw std::runtime_error("broken");
    moved += ready.exchange(0);
  }
  Workers workers_;
};

}  // namespace

TEST_CASE("all that is sent moves, while nothing runs, and no more lies ready than is allowed") {
  for (int const threads : {1, 2, 3}) {
    CAPTURE(threads);
    PausingSuperstep superstep(threads);
    superstep.run(50, [&](std::size_t step) -> std::uint64_t {
      for (std::size_t n = 0; n < step % 4; ++n) superstep.pause(5);
      return 7;
    });

    CHECK(superstep.moved == 50 * 7 + 5 * (12 * 6 + 1));
    CHECK(superstep.rounds.count() > 10);
    CHECK_FALSE(superstep.ran_meanwhile);
    CHECK_FALSE(superstep.too_much);
    CHECK_FALSE(superstep.rounds.broken());
  }
}

TEST_CASE("steps hold no more memory at a time than the limit, unless one alone needs it, and pause meanwhile") {
  for (int const threads : {1, 3}) {
    PausingSuperstep superstep(threads);
    std::atomic<std::uint64_t> held{0};
    std::atomic<bool> within = true;
    superstep.run(60, [&](std::size_t step) -> std::uint64_t {
      std::uint64_t const bytes = step % 10 == 0 ? 25 : 8;
      --superstep.running;
      Admission const admission(superstep.rounds, bytes, 20);
      ++superstep.running;
      if ((held += bytes) > 20 && held != 25) within = false;
      if (step % 3 == 0) superstep.pause(1);
      held -= bytes;
      return 1;
    });

    CHECK(within);
    CHECK_FALSE(superstep.ran_meanwhile);
    CHECK(superstep.moved == 80);
  }
}

TEST_CASE("a round that fails breaks off the superstep, and nobody waits for ever") {
  for (int const threads : {1, 3}) {
    PausingSuperstep superstep(threads);
    superstep.breaks_at = 2;
    superstep.run(30, [&](std::size_t) -> std::uint64_t {
      superstep.pause(5);
      return 7;
    });

    CHECK(superstep.rounds.broken());
    CHECK(superstep.broken_off > 0);
    CHECK(superstep.rounds.count() == 3);
  }
}

namespace {

// Where it may as well be now that all moves: what came of asking for it.
struct ReadySuperstep {
  explicit ReadySuperstep(int threads) : workers(threads) {}
  template <class Step>
  void run(std::size_t steps, Step const& step) {
    auto const main = std::this_thread::get_id();
    rounds.begin({[this] { moved += ready.exchange(0); }, [](auto) { return false; },
                  [this, main](auto sent) {
                    if (std::this_thread::get_id() != main) elsewhere = true;
                    if (throws && sent >= 3) throw std::runtime_error("no answer");
                    return sent >= 3;
                  }},
                 steps);
    workers.for_each(
        steps,
        [&](std::size_t i, int) {
          try {
            rounds.enter();
            step(i, std::this_thread::get_id() == main);
          } catch (BrokenOff const&) {
            ++broken_off;
          }
          rounds.note_over();
        },
        [&] { rounds.serve(); });
  }
  void send(std::uint64_t bytes) {
    ready += bytes;
    rounds.leave(bytes);
  }

  Workers workers;
  Rounds rounds;
  std::atomic<std::uint64_t> ready{0}, moved{0};
  std::atomic<bool> elsewhere = false;
  std::atomic<int> broken_off{0};
  bool throws = false;
};

}  // namespace

TEST_CASE("what may as well move now moves between the steps of the main thread") {
  ReadySuperstep superstep(1);
  superstep.run(90, [&](std::size_t, bool) { superstep.send(1); });

  CHECK(superstep.rounds.count() == 29);  // before the 4th step, the 7th, …
  CHECK(superstep.moved == 87);
}

TEST_CASE("what others send moves as well while the main thread has no more steps, and it alone is asked") {
  ReadySuperstep superstep(2);
  std::atomic<int> begun{0};
  superstep.run(2, [&](std::size_t, bool on_main) {
    ++begun;
    while (begun < 2) std::this_thread::yield();  // so that each thread has one
    superstep.send(on_main ? 0 : 5);
    while (!on_main && superstep.moved == 0) std::this_thread::yield();  // it is not over
  });

  CHECK(superstep.moved == 5);
  CHECK_FALSE(superstep.elsewhere);
}

TEST_CASE("where asking fails the superstep is broken off") {
  ReadySuperstep superstep(1);
  superstep.throws = true;
  superstep.run(10, [&](std::size_t, bool) { superstep.send(1); });

  CHECK(superstep.rounds.broken());
  CHECK(superstep.broken_off == 7);
  CHECK(superstep.moved == 0);
}
