#include "base/fault.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

#include "base/nearest.hpp"
#include "pel/error.hpp"

namespace pel::base {
namespace {

std::string from_environment(char const* variable) {
  char const* const text = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): read once, before any thread
  return text == nullptr ? std::string() : std::string(text);
}

UsageError refusal(std::string_view key, std::string_view value, std::string const& expected) {
  return {"PEL_FAULT", std::string(key) + "=" + std::string(value) + ": expected " + expected};
}

std::int64_t number(std::string_view key, std::string_view value) {
  std::int64_t n = -1;
  auto const [end, error] = std::from_chars(value.data(), value.data() + value.size(), n);
  if (error != std::errc() || end != value.data() + value.size() || n < 0) throw refusal(key, value, "a whole number");
  return n;
}

// "5s", "0.5s"
double seconds(std::string_view value) {
  double n = -1;
  auto const [end, error] = std::from_chars(value.data(), value.data() + value.size(), n);
  bool const whole = error == std::errc() && std::string_view(end, value.data() + value.size()) == "s";
  if (!whole || !(n >= 0 && n <= 1e6)) throw refusal("delay", value, "seconds, such as 5s");
  return n;
}

// The number of ENOSPC and its kin.
int errno_of(std::string_view name) {
  constexpr int last = 133;  // of Linux
  for (int code = 1; code <= last; ++code)
    if (char const* const known = ::strerrorname_np(code); known != nullptr && name == known) return code;
  throw refusal("errno", name, "a name of errno.h, such as ENOSPC");
}

std::array<std::string_view, 9> const plain_actions{"kill",  "stop", "segv",   "abort", "exit0",
                                                    "throw", "mute", "enospc", "hang"};

}  // namespace

Fault::Fault() : Fault(from_environment("PEL_FAULT")) {}

Fault::Fault(std::string const& text) {
  if (text.empty()) return;
  std::string_view rest = text;
  while (!rest.empty()) {
    auto const comma = rest.find(',');
    auto const item = rest.substr(0, comma);
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    auto const equals = item.find('=');
    if (equals == std::string_view::npos)
      throw UsageError("PEL_FAULT", "\"" + std::string(item) + "\" is no key=value");
    set(item.substr(0, equals), item.substr(equals + 1));
  }
  if (point_.empty() || action_.empty()) throw UsageError("PEL_FAULT", "a point and an action are needed");
  auto const launch = from_environment("PEL_INCARNATION");
  if (incarnation_ >= 0 && !launch.empty()) launch_ = number("PEL_INCARNATION", launch);
}

void Fault::set(std::string_view key, std::string_view value) {
  if (key == "point") {
    point_ = value;
  } else if (key == "rank") {
    rank_ = number(key, value);
  } else if (key == "superstep") {
    superstep_ = number(key, value);
  } else if (key == "partition") {
    partition_ = number(key, value);
  } else if (key == "epoch") {
    epoch_ = number(key, value);
  } else if (key == "incarnation") {
    incarnation_ = number(key, value);
  } else if (key != "action") {
    std::vector<std::string> const keys{"point", "rank", "superstep", "partition", "epoch", "incarnation", "action"};
    throw UsageError("PEL_FAULT", "unknown key " + std::string(key), nearest(key, keys));
  } else if (value.starts_with("errno=")) {
    action_ = "errno";
    errno_ = errno_of(value.substr(6));
  } else if (value.starts_with("delay=")) {
    action_ = "delay";
    delay_seconds_ = seconds(value.substr(6));
  } else {
    std::vector<std::string> actions(plain_actions.begin(), plain_actions.end());
    for (auto const& action : actions)
      if (value == action) action_ = value;
    if (action_ != value)
      throw refusal(key, value, "kill, stop, segv, abort, exit0, throw, mute, errno=NAME, delay=Ns, hang");
    if (value == "enospc") {
      action_ = "errno";
      errno_ = ENOSPC;
    }
  }
}

bool Fault::meant(char const* point, int rank, std::int64_t superstep, std::int64_t partition) const {
  auto const is = [](std::int64_t asked, std::int64_t here) { return asked < 0 || asked == here; };
  return point_ == point && is(rank_, rank) && is(superstep_, superstep) && is(epoch_, superstep) &&
         is(partition_, partition) && is(incarnation_, launch_);
}

void Fault::act(char const* point) const {
  if (action_ == "kill") std::raise(SIGKILL);
  if (action_ == "segv") std::raise(SIGSEGV);
  if (action_ == "abort") std::abort();
  if (action_ == "exit0") _exit(0);
  if (action_ == "stop") {
    std::raise(SIGSTOP);
    return;  // when SIGCONT comes
  }
  if (action_ == "delay") {
    std::this_thread::sleep_for(std::chrono::duration<double>(delay_seconds_));
    return;
  }
  while (action_ == "hang") std::this_thread::sleep_for(std::chrono::hours(1));
  if (action_ == "errno")
    throw WriteFailed(std::string("injected at ") + point, errno_, std::generic_category().message(errno_));
  if (action_ == "mute") throw std::runtime_error("");
  throw std::runtime_error(std::string("injected fault at ") + point);
}

}  // namespace pel::base
