#include "engine/rounds.hpp"

#include <chrono>
#include <utility>

namespace pel::engine {

void Rounds::begin(Work work, std::size_t steps) {
  work_ = std::move(work);
  main_ = std::this_thread::get_id();
  steps_ = steps;
  over_ = active_ = waiting_ = count_ = 0;
  wanted_ = running_ = false;
  sent_ = held_ = 0;
  broken_ = nullptr;
}

// The caller waits already, or has not begun.
void Rounds::wait_for_round(Lock& lock) {
  auto const before = count_;
  wanted_ = true;
  changed_.notify_all();
  if (on_main()) {
    changed_.wait(lock, [&] { return active_ == waiting_; });
    run_round(lock);
  } else {
    // Who wakes late finds the next round under way, which counts on it waiting.
    changed_.wait(lock, [&] { return count_ != before && !running_; });
  }
  if (broken_) throw BrokenOff();
}

void Rounds::run_round(Lock& lock) {
  running_ = true;
  lock.unlock();
  std::exception_ptr failure;
  try {
    if (!broken_) work_.exchange();
  } catch (...) {
    failure = std::current_exception();
  }
  lock.lock();
  if (failure) broken_ = failure;
  sent_ = 0;
  wanted_ = running_ = false;
  ++count_;
  changed_.notify_all();
}

// What it throws breaks the superstep off in the round that then comes.
bool Rounds::is_time() noexcept {
  if (!work_.is_time || !on_main() || broken_) return false;
  try {
    return work_.is_time(sent_);
  } catch (...) {
    broken_ = std::current_exception();
    return true;
  }
}

void Rounds::enter() {
  Lock lock(mutex_);
  if (broken_) throw BrokenOff();
  while (wanted_ || work_.is_too_much(sent_) || is_time()) wait_for_round(lock);
  ++active_;
}

void Rounds::leave(std::uint64_t sent) noexcept {
  Lock const lock(mutex_);
  sent_ += sent;
  --active_;
  changed_.notify_all();
}

void Rounds::note_over() noexcept {
  Lock const lock(mutex_);
  if (++over_ == steps_) changed_.notify_all();
}

void Rounds::serve() {
  Lock lock(mutex_);
  auto const due = [&] { return over_ == steps_ || (wanted_ && active_ == waiting_); };
  while (over_ < steps_) {
    if (!work_.is_time)
      changed_.wait(lock, due);
    else if (!changed_.wait_for(lock, std::chrono::milliseconds(1), due) && !wanted_)
      wanted_ = is_time();  // other ranks wake nobody here
    if (over_ < steps_ && wanted_ && active_ == waiting_) run_round(lock);
  }
}

void Rounds::pause(std::uint64_t sent) {
  Lock lock(mutex_);
  sent_ += sent;
  if (broken_) throw BrokenOff();
  ++waiting_;
  try {
    wait_for_round(lock);
  } catch (BrokenOff const&) {
    --waiting_;
    throw;
  }
  --waiting_;
}

void Rounds::admit(std::uint64_t bytes, std::uint64_t limit) {
  Lock lock(mutex_);
  auto const fits = [&] { return !running_ && (held_ == 0 || held_ + bytes <= limit); };
  ++waiting_;
  changed_.notify_all();
  while (!fits() && !broken_) {
    if (on_main() && wanted_ && active_ == waiting_)
      run_round(lock);
    else
      changed_.wait(lock, [&] {
        return broken_ != nullptr || fits() || (on_main() && wanted_ && active_ == waiting_ && !running_);
      });
  }
  --waiting_;
  if (broken_) throw BrokenOff();
  held_ += bytes;
}

void Rounds::release(std::uint64_t bytes) noexcept {
  Lock const lock(mutex_);
  held_ -= bytes;
  changed_.notify_all();
}

}  // namespace pel::engine
