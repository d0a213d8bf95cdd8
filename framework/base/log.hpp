// The logger: the one way in which library code says anything. Lines go to stderr; a job decides which process speaks.
#pragma once

#include <string>

namespace pel::base {

enum class LogLevel { silent, warnings, info, debug };

// A handle; copies write to the same stream. Thread-safe.
class Log {
 public:
  // Says what is at most of this level. `name` precedes each line, after the time of day.
  explicit Log(std::string name = "pel", LogLevel level = LogLevel::silent);

  void set_level(LogLevel level) noexcept { level_ = level; }
  [[nodiscard]] LogLevel level() const noexcept { return level_; }

  void warn(std::string const& text) const;
  void info(std::string const& text) const;
  void debug(std::string const& text) const;

 private:
  std::string name_;
  LogLevel level_;
};

}  // namespace pel::base
