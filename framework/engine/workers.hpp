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
  void for_each(std::size_t n, std::function<void(std::size_t, int)> const& work);

 private:
  struct Arena;
  int threads_;
  std::unique_ptr<Arena> arena_;  // none for a single thread
};

}  // namespace pel::engine
