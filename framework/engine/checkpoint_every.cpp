#include "engine/checkpoint_every.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include "base/nearest.hpp"
#include "pel/error.hpp"

namespace pel::engine {
namespace {

using Kind = CheckpointEvery::Kind;

constexpr std::array<std::pair<std::string_view, double>, 3> units{{{"s", 1}, {"min", 60}, {"h", 3600}}};

// The number a text begins with, and what follows it after blanks.
struct Split {
  std::string_view number, unit;
};

Split split(std::string_view text) {
  auto const digits = std::min(text.find_first_not_of("0123456789."), text.size());
  auto const unit = std::min(text.find_first_not_of(' ', digits), text.size());
  return {text.substr(0, digits), text.substr(unit)};
}

template <class Number>
bool read(std::string_view text, Number& number) {
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

std::string meant(std::string const& text) {
  auto const [number, unit] = split(text);
  if (number.empty()) return base::nearest(text, {"auto", "off"});
  double value = 0;
  if (!read(number, value)) return {};
  if (value == 0) return "off";
  for (auto const& [long_name, name] : {std::pair{"seconds", "s"}, {"minutes", "min"}, {"hours", "h"}})
    if (unit.size() > 1 && std::string_view(long_name).starts_with(unit)) return std::string(number) + name;
  auto const close = base::nearest(unit, {"steps", "min"});
  if (close.empty()) return {};
  return std::string(number) + (close == "steps" ? " steps" : close);
}

}  // namespace

CheckpointEvery CheckpointEvery::parse(std::string const& text) {
  if (text == "auto") return {Kind::automatic, 0, 0};
  if (text == "off") return {Kind::off, 0, 0};
  auto const [number, unit] = split(text);
  if (unit.empty() || unit == "steps" || unit == "step") {
    std::int64_t n = 0;
    bool const tidy = !unit.empty() || number.size() == text.size();
    if (tidy && read(number, n) && n >= 1) return {Kind::supersteps, n, 0};
  }
  for (auto const& [name, seconds] : units) {
    double n = 0;
    if (unit == name && read(number, n) && n > 0 && std::isfinite(n * seconds)) return {Kind::seconds, 0, n * seconds};
  }
  throw UsageError("--checkpoint-every",
                   "\"" + text + "\": expected a whole number from 1 (supersteps), a time (30s, 5min, 2h), auto or off",
                   meant(text));
}

}  // namespace pel::engine
