// The threads of a rank, which run its partitions.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace pel::engine {

// A oneTBB arena of a fixed number of threads, the calling one among them.
class Workers {
 public:
  explicit Workers(int threads);
  ~Workers();
  Workers(Workers&&) noexcept;
  Workers& operator=(Workers&&) noexcept;

  [[nodiscard]] int threads() const noexcept { return threads_; }

  // Calls work(item, worker) for the items 0 … n - 1, each once, at the same time as threads allow; worker is
  // 0 … threads - 1 and no two calls at a time have the same. Requires: work throws nothing.
  // Where items are many, and the last call was short, the calling thread begins alone and wakes the others only if it
  // takes a while: a superstep with next to nothing to do costs no more than on one thread. One call at a time.
  void for_each(std::size_t n, std::function<void(std::size_t, int)> const& work);
  // The same for work that may have to wait for the calling thread: when there are no more items for it, that one calls
  // serve(), which returns when all are done.
  void for_each(std::size_t n, std::function<void(std::size_t, int)> const& work, std::function<void()> const& serve);

 private:
  struct Arena;
  static constexpr double alone_seconds = 10e-6;  // about what it takes a sleeping thread to start
  static constexpr std::size_t many = 16;         // items a thread: the first one alone is then a small part of all
  [[nodiscard]] std::size_t begin_alone(std::size_t n, std::function<void(std::size_t, int)> const& work) const;

  int threads_;
  std::unique_ptr<Arena> arena_;  // none for a single thread
};

}  // namespace pel::engine
