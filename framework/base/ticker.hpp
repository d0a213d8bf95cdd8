// A thread that does something small at regular times, whatever the rest of the process is busy or stuck with.
#pragma once

#include <atomic>
#include <functional>
#include <thread>

namespace pel::base {

// 1. Only its own thread calls the function, never two calls at once; the first comes one period after the start.
// 2. The thread takes no signals, so that handlers run where they did without it.
class Ticker {
 public:
  // Calls `tick`, which must not throw, every `seconds`, and at once when woken. `wake_descriptor`, if not -1: an
  // eventfd (non-blocking) whose being written wakes it too; it stays the caller's.
  // Throws: SystemError if the machine has no descriptor or thread left.
  Ticker(double seconds, std::function<void()> tick, int wake_descriptor = -1);
  ~Ticker();  // waits for a call that runs
  Ticker(Ticker const&) = delete;
  Ticker& operator=(Ticker const&) = delete;

  // Lets the next call come now. From any thread and from signal handlers.
  void wake() const noexcept;

 private:
  void run() const;
  void wait_until(double due) const;

  double const seconds_;
  std::function<void()> const tick_;
  int const outer_;
  int own_ = -1;
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

}  // namespace pel::base
