#include "launch/duration.hpp"

#include <fmt/core.h>

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace pel::launch {
namespace {

std::optional<double> number(std::string_view text) {
  double value = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value) || value < 0)
    return std::nullopt;
  return value;
}

// "[DAYS-]HOURS:MINUTES:SECONDS" or "MINUTES:SECONDS"
std::optional<double> clock_time(std::string_view text) {
  double total = 0;
  if (auto const dash = text.find('-'); dash != std::string_view::npos) {
    auto const days = number(text.substr(0, dash));
    if (!days) return std::nullopt;
    total = *days * 24;  // hours: the first part below makes them minutes
    text.remove_prefix(dash + 1);
    auto const first = number(text.substr(0, text.find(':')));
    if (!first) return std::nullopt;
    total += *first;
    text.remove_prefix(std::min(text.find(':'), text.size() - 1) + 1);
  }
  while (!text.empty()) {
    auto const end = std::min(text.find(':'), text.size());
    auto const part = number(text.substr(0, end));
    if (!part) return std::nullopt;
    total = total * 60 + *part;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return total;
}

}  // namespace

std::optional<double> parse_duration(std::string_view text) {
  if (text.empty() || text.front() == '-') return std::nullopt;
  if (text.find(':') != std::string_view::npos) return clock_time(text);
  static constexpr std::array<std::pair<std::string_view, double>, 6> units{
      {{"min", 60}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}, {"", 1}}};
  for (auto const& [unit, seconds] : units) {
    if (!text.ends_with(unit)) continue;
    auto const value = number(text.substr(0, text.size() - unit.size()));
    return value ? std::optional(*value * seconds) : std::nullopt;
  }
  return std::nullopt;
}

std::string show_duration(double seconds) {
  if (seconds < 10) return fmt::format("{:.1f} s", seconds);
  if (seconds < 120) return fmt::format("{:.0f} s", seconds);
  if (seconds < 7200) return fmt::format("{:.0f} min", seconds / 60);
  return fmt::format("{:.1f} h", seconds / 3600);
}

}  // namespace pel::launch
