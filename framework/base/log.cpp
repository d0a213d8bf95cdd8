#include "base/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <utility>

namespace pel::base {
namespace {

spdlog::logger& stream() {
  static spdlog::logger logger = [] {
    spdlog::logger made("pel", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made.set_pattern("%H:%M:%S %v");
    made.set_level(spdlog::level::debug);
    made.flush_on(spdlog::level::debug);
    return made;
  }();
  return logger;
}

}  // namespace

Log::Log(std::string name, LogLevel level) : name_(std::move(name)), level_(level) {}

void Log::warn(std::string const& text) const {
  if (level_ >= LogLevel::warnings) stream().warn("{} warning: {}", name_, text);
}
void Log::info(std::string const& text) const {
  if (level_ >= LogLevel::info) stream().info("{} {}", name_, text);
}
void Log::debug(std::string const& text) const {
  if (level_ >= LogLevel::debug) stream().debug("{} {}", name_, text);
}

}  // namespace pel::base
