#include "launch/signal_inbox.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

#include "pel/error.hpp"

namespace pel::launch {

SignalInbox::SignalInbox() {
  sigset_t wanted;
  sigemptyset(&wanted);
  for (int const number : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGCHLD}) sigaddset(&wanted, number);
  if (sigprocmask(SIG_BLOCK, &wanted, nullptr) != 0)
    throw SystemError("sigprocmask", errno, std::generic_category().message(errno));
  descriptor_ = signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC);
  if (descriptor_ < 0) throw SystemError("signalfd", errno, std::generic_category().message(errno));
}

SignalInbox::~SignalInbox() { close(descriptor_); }

std::vector<int> SignalInbox::take() const {
  std::vector<int> numbers;
  signalfd_siginfo info{};
  while (read(descriptor_, &info, sizeof info) == sizeof info)
    if (info.ssi_signo != SIGCHLD) numbers.push_back(static_cast<int>(info.ssi_signo));
  return numbers;
}

}  // namespace pel::launch
