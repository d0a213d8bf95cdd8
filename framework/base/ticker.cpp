#include "base/ticker.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <system_error>
#include <utility>

#include "base/machine.hpp"
#include "pel/error.hpp"

namespace pel::base {
namespace {

// While it lives no signal reaches this thread, nor a thread that it starts.
class NoSignals {
 public:
  NoSignals() {
    sigset_t all;
    sigfillset(&all);
    for (int const fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) sigdelset(&all, fault);  // of the thread itself
    code_ = pthread_sigmask(SIG_SETMASK, &all, &before_);
    if (code_ != 0) throw SystemError("pthread_sigmask", code_, std::generic_category().message(code_));
  }
  ~NoSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  NoSignals(NoSignals const&) = delete;
  NoSignals& operator=(NoSignals const&) = delete;

 private:
  sigset_t before_{};
  int code_ = 0;
};

void drain(pollfd const& descriptor) {
  std::uint64_t ignored = 0;
  if ((descriptor.revents & POLLIN) == 0) return;
  while (::read(descriptor.fd, &ignored, sizeof ignored) < 0 && errno == EINTR) {
  }
}

}  // namespace

Ticker::Ticker(double seconds, std::function<void()> tick, int wake_descriptor)
    : seconds_(seconds),
      tick_(std::move(tick)),
      outer_(wake_descriptor),
      own_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (own_ < 0) throw SystemError("eventfd", errno, std::generic_category().message(errno));
  try {
    NoSignals const inherited;
    thread_ = std::thread([this] { run(); });
  } catch (std::system_error const& error) {
    ::close(own_);
    throw SystemError("starting a thread", error.code().value(), error.code().message());
  } catch (...) {
    ::close(own_);
    throw;
  }
}

Ticker::~Ticker() {
  ending_ = true;
  wake();
  thread_.join();
  ::close(own_);
}

void Ticker::wake() const noexcept {
  std::uint64_t const one = 1;
  int const before = errno;
  // It can fail only where the counter is full: then the thread is being woken already.
  [[maybe_unused]] auto const n = ::write(own_, &one, sizeof one);
  errno = before;
}

void Ticker::run() const {
  auto due = monotonic_seconds() + seconds_;
  while (true) {
    wait_until(due);
    if (ending_) return;
    tick_();
    auto const now = monotonic_seconds();
    if (now < due) continue;  // woken before its time
    due += seconds_;
    if (due <= now) due = now + seconds_;  // late: the missed ones are not made up for
  }
}

void Ticker::wait_until(double due) const {
  while (true) {
    auto const left = due - monotonic_seconds();
    if (left <= 0) return;
    std::array<pollfd, 2> descriptors{pollfd{own_, POLLIN, 0}, pollfd{outer_, POLLIN, 0}};  // poll() passes over -1
    int const ready = ::poll(descriptors.data(), descriptors.size(), static_cast<int>(std::ceil(left * 1000)));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) continue;
    for (auto const& descriptor : descriptors) drain(descriptor);
    return;
  }
}

}  // namespace pel::base
