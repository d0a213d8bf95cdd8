#include "store/writer_thread.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <utility>

namespace pel::store {

WriterThread::~WriterThread() {
  {
    std::lock_guard const lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void WriterThread::post(std::function<void()> task) {
  if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
  {
    std::lock_guard const lock(mutex_);
    task_ = std::move(task);
    busy_ = true;
  }
  changed_.notify_all();
}

bool WriterThread::idle() const {
  std::lock_guard const lock(mutex_);
  return !busy_;
}

void WriterThread::wait() const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !busy_; });
}

void WriterThread::work() {
  constexpr int behind_all_else = 10;
  static_cast<void>(::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), behind_all_else));
  sigset_t others;  // signals are for the main thread, but for those by which a thread itself dies
  sigfillset(&others);
  for (int const own : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT}) sigdelset(&others, own);
  static_cast<void>(::pthread_sigmask(SIG_BLOCK, &others, nullptr));
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return busy_ || ending_; });
    if (!busy_) return;
    auto const task = std::exchange(task_, nullptr);
    lock.unlock();
    task();
    lock.lock();
    busy_ = false;
    changed_.notify_all();
  }
}

}  // namespace pel::store
