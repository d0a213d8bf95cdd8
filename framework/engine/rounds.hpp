// The rounds of a superstep: where partitions send more than memory holds, they pause until the ranks have exchanged
// what there is, and go on; where much lies ready and all ranks are ready as well, they do the same between two steps.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace pel::engine {

// Thrown by steps that pause in a superstep that has failed meanwhile; the failure is that of the superstep.
struct BrokenOff : std::exception {
  [[nodiscard]] char const* what() const noexcept override { return "the superstep has failed"; }
};

// Invariants: 1. a round runs on the main thread while every step that has begun waits here, and none begins; 2. what
// is waited for comes: a step that waits for memory holds none, and those that hold some pause or end.
class Rounds {
 public:
  struct Work {
    std::function<void()> exchange;                       // collective; on the main thread
    std::function<bool(std::uint64_t sent)> is_too_much;  // whether so many bytes must be exchanged first
    // Whether they may as well be exchanged now; asked on the main thread alone, between steps. None: never.
    std::function<bool(std::uint64_t sent)> is_time = {};
  };

  // Before the steps of a superstep, on the main thread.
  void begin(Work work, std::size_t steps);
  // Around a step, on its thread. `sent`: bytes that lie ready when it is over. Throws: BrokenOff; then it has not
  // begun.
  void enter();
  void leave(std::uint64_t sent) noexcept;
  // Once for each step, whatever came of it, on its thread.
  void note_over() noexcept;
  // On the main thread, when there are no more steps for it: until all are over.
  void serve();
  // What a round threw; the superstep has failed.
  [[nodiscard]] std::exception_ptr const& broken() const noexcept { return broken_; }
  // How many rounds there were since begin(), without the last exchange of the superstep.
  [[nodiscard]] std::size_t count() const noexcept { return count_; }

  // In a step: `sent` bytes lie ready; waits until they have been exchanged. Throws: BrokenOff.
  void pause(std::uint64_t sent);
  // In a step: waits until so many bytes keep to the limit, or nobody else holds any. Throws: BrokenOff.
  void admit(std::uint64_t bytes, std::uint64_t limit);
  void release(std::uint64_t bytes) noexcept;

 private:
  using Lock = std::unique_lock<std::mutex>;
  [[nodiscard]] bool on_main() const { return std::this_thread::get_id() == main_; }
  [[nodiscard]] bool is_time() noexcept;
  void wait_for_round(Lock& lock);
  void run_round(Lock& lock);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::thread::id main_;
  Work work_;
  std::size_t steps_ = 0, over_ = 0;      // of the superstep; those that are over
  std::size_t active_ = 0, waiting_ = 0;  // steps that have begun; those of them that wait
  std::size_t count_ = 0;
  bool wanted_ = false, running_ = false;  // a round
  std::uint64_t sent_ = 0;                 // lies ready
  std::uint64_t held_ = 0;                 // admitted
  std::exception_ptr broken_;
};

}  // namespace pel::engine
