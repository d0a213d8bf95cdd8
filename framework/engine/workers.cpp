#include "engine/workers.hpp"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/partitioner.h>
#include <oneapi/tbb/task_arena.h>

namespace pel::engine {

struct Workers::Arena {
  // oneTBB has no more threads than cores unless told.
  oneapi::tbb::global_control allow;
  oneapi::tbb::task_arena arena;
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

void Workers::for_each(std::size_t n, std::function<void(std::size_t, int)> const& work) {
  if (!arena_ || n < 2) {
    for (std::size_t i = 0; i < n; ++i) work(i, 0);
    return;
  }
  arena_->arena.execute([&] {
    oneapi::tbb::parallel_for(
        std::size_t{0}, n,
        [&](std::size_t i) {
          // Isolated: work that waits for tasks of its own must not be handed another item meanwhile, or two items
          // would share a worker.
          oneapi::tbb::this_task_arena::isolate([&] { work(i, oneapi::tbb::this_task_arena::current_thread_index()); });
        },
        oneapi::tbb::simple_partitioner());
  });
}

}  // namespace pel::engine
