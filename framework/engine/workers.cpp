#include "engine/workers.hpp"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/partitioner.h>
#include <oneapi/tbb/task_arena.h>

#include <atomic>
#include <functional>
#include <thread>

#include "base/machine.hpp"

namespace pel::engine {
namespace {

constexpr double long_seconds = 1e-3;  // of a call, after which the next is taken to be long, too

}  // namespace

struct Workers::Arena {
  // oneTBB has no more threads than cores unless told.
  oneapi::tbb::global_control allow;
  oneapi::tbb::task_arena arena;
  double last_seconds = 0;  // of the last call
  explicit Arena(int threads)
      : allow(oneapi::tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads)),
        arena(threads) {}
};

Workers::Workers(int threads) : threads_(threads) {
  if (threads > 1) arena_ = std::make_unique<Arena>(threads);
}
Workers::~Workers() = default;
Workers::Workers(Workers&&) noexcept = default;
Workers& Workers::operator=(Workers&&) noexcept = default;

// Does items until it has taken a while; how many are done.
std::size_t Workers::begin_alone(std::size_t n, std::function<void(std::size_t, int)> const& work) const {
  if (arena_->last_seconds > long_seconds || n < many * static_cast<std::size_t>(threads_)) return 0;
  auto const started = base::monotonic_seconds();
  for (std::size_t i = 0; i < n; ++i) {
    work(i, 0);
    if (base::monotonic_seconds() - started > alone_seconds) return i + 1;
  }
  return n;
}

void Workers::for_each(std::size_t n, std::function<void(std::size_t, int)> const& work) {
  if (!arena_ || n < 2) {
    for (std::size_t i = 0; i < n; ++i) work(i, 0);
    return;
  }
  auto const started = base::monotonic_seconds();
  auto const first = begin_alone(n, work);
  auto const others = [&] {
    oneapi::tbb::parallel_for(
        first, n,
        [&](std::size_t i) {
          // Isolated: work that waits for tasks of its own must not be handed another item meanwhile, or two items
          // would share a worker.
          oneapi::tbb::this_task_arena::isolate([&] { work(i, oneapi::tbb::this_task_arena::current_thread_index()); });
        },
        oneapi::tbb::simple_partitioner());
  };
  if (first < n) arena_->arena.execute(others);
  arena_->last_seconds = base::monotonic_seconds() - started;
}

void Workers::for_each(std::size_t n, std::function<void(std::size_t, int)> const& work,
                       std::function<void()> const& serve) {
  if (!arena_ || n < 2) return for_each(n, work);
  auto const started = base::monotonic_seconds();
  auto const caller = std::this_thread::get_id();
  std::atomic<std::size_t> next{begin_alone(n, work)};
  auto const take_items = [&](int) {
    oneapi::tbb::this_task_arena::isolate([&] {
      auto const worker = oneapi::tbb::this_task_arena::current_thread_index();
      for (auto i = next++; i < n; i = next++) work(i, worker);
      if (std::this_thread::get_id() == caller) serve();
    });
  };
  if (next < n)
    arena_->arena.execute(
        [&] { oneapi::tbb::parallel_for(0, threads_, take_items, oneapi::tbb::simple_partitioner()); });
  arena_->last_seconds = base::monotonic_seconds() - started;
}

}  // namespace pel::engine
