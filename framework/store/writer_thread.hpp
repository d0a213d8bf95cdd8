// The thread that writes checkpoints while the ranks compute. It calls no MPI, and while it has work it alone uses
// HDF5.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace pel::store {

// Made when the first task comes; asleep without one; of low priority, as computing comes first.
class WriterThread {
 public:
  WriterThread() = default;
  WriterThread(WriterThread const&) = delete;
  WriterThread& operator=(WriterThread const&) = delete;
  ~WriterThread();  // waits for the task that runs

  // Starts a task. Requires: idle(), and that the task throws nothing. Throws: std::system_error if there can be no
  // thread; it is then idle as before.
  void post(std::function<void()> task);
  [[nodiscard]] bool idle() const;
  // Until the task is done.
  void wait() const;

 private:
  void work();

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::function<void()> task_;
  bool busy_ = false, ending_ = false;
  std::thread thread_;
};

}  // namespace pel::store
