#include "base/fault.hpp"

#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

#include "pel/error.hpp"

namespace pel::base {
namespace {

std::string from_environment() {
  char const* const text = std::getenv("PEL_FAULT");  // NOLINT(concurrency-mt-unsafe): read once, before any thread
  return text == nullptr ? std::string() : std::string(text);
}

std::int64_t number(std::string_view key, std::string_view value) {
  std::int64_t n = -1;
  auto const [end, error] = std::from_chars(value.data(), value.data() + value.size(), n);
  if (error != std::errc() || end != value.data() + value.size() || n < 0)
    throw UsageError("PEL_FAULT", std::string(key) + "=" + std::string(value) + ": expected a whole number");
  return n;
}

bool known_action(std::string_view action) {
  return action == "kill" || action == "stop" || action == "throw" || action == "exit0" || action == "enospc";
}

}  // namespace

Fault::Fault() : Fault(from_environment()) {}

Fault::Fault(std::string const& text) {
  std::string_view rest = text;
  while (!rest.empty()) {
    auto const comma = rest.find(',');
    auto const item = rest.substr(0, comma);
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    auto const equals = item.find('=');
    if (equals == std::string_view::npos)
      throw UsageError("PEL_FAULT", "\"" + std::string(item) + "\" is no key=value");
    auto const key = item.substr(0, equals);
    auto const value = item.substr(equals + 1);
    if (key == "point")
      point_ = value;
    else if (key == "action")
      action_ = value;
    else if (key == "rank")
      rank_ = number(key, value);
    else if (key == "superstep")
      superstep_ = number(key, value);
    else if (key == "partition")
      partition_ = number(key, value);
    else
      throw UsageError("PEL_FAULT", "unknown key " + std::string(key));
  }
  if (!text.empty() && (point_.empty() || !known_action(action_)))
    throw UsageError("PEL_FAULT", "a point, and an action of kill, stop, throw, exit0, enospc, are needed");
}

void Fault::act(char const* point, int rank, std::int64_t superstep, std::int64_t partition) const {
  bool const here = point_ == point && (rank_ < 0 || rank_ == rank) && (superstep_ < 0 || superstep_ == superstep) &&
                    (partition_ < 0 || partition_ == partition);
  if (!here) return;
  if (action_ == "kill") std::raise(SIGKILL);
  if (action_ == "stop") {
    std::raise(SIGSTOP);
    return;  // when SIGCONT comes
  }
  if (action_ == "exit0") _exit(0);
  if (action_ == "enospc") throw WriteFailed(std::string("injected at ") + point, ENOSPC, "No space left on device");
  throw std::runtime_error(std::string("injected fault at ") + point);
}

}  // namespace pel::base
