#include "data/generator_spec.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/nearest.hpp"
#include "pel/error.hpp"

namespace pel::data {
namespace {

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t n = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return n;
}

std::uint64_t unit_of(char suffix) {
  switch (suffix) {
    case 'K':
      return 1'000;
    case 'M':
      return 1'000'000;
    case 'G':
      return 1'000'000'000;
    default:
      return 1;
  }
}

std::string joined(std::vector<std::string> const& keys) {
  std::string text;
  for (auto const& key : keys) text += (text.empty() ? "" : ", ") + key;
  return text;
}

}  // namespace

GeneratorSpec::GeneratorSpec(std::string spec, std::vector<std::string> const& keys) : spec_(std::move(spec)) {
  std::string_view rest = spec_;
  rest.remove_prefix(std::min(rest.size(), rest.find(':') + 1));
  while (!rest.empty()) {
    auto const comma = rest.find(',');
    auto const part = rest.substr(0, comma);
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    auto const equals = part.find('=');
    if (equals == std::string_view::npos) throw UsageError(spec_, "\"" + std::string(part) + "\" is no key=value");
    Parameter parameter{std::string(part.substr(0, equals)), std::string(part.substr(equals + 1))};
    if (std::find(keys.begin(), keys.end(), parameter.key) == keys.end())
      throw UsageError(spec_, "unknown key \"" + parameter.key + "\": there are " + joined(keys),
                       base::nearest(parameter.key, keys));
    if (find(parameter.key) != nullptr) throw UsageError(spec_, parameter.key + " is given twice");
    parameters_.push_back(std::move(parameter));
  }
}

GeneratorSpec::Parameter const* GeneratorSpec::find(std::string_view key) const noexcept {
  for (auto const& parameter : parameters_)
    if (parameter.key == key) return &parameter;
  return nullptr;
}

void GeneratorSpec::refuse(Parameter const& parameter, std::string const& expected) const {
  throw UsageError(spec_, parameter.key + "=" + parameter.value + ": expected " + expected);
}

std::uint64_t GeneratorSpec::whole(std::string_view key, std::uint64_t otherwise, std::uint64_t least,
                                   std::uint64_t most) const {
  auto const* const parameter = find(key);
  if (parameter == nullptr) return otherwise;
  auto const n = number(parameter->value);
  if (!n || *n < least || *n > most)
    refuse(*parameter, "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return *n;
}

bool GeneratorSpec::yes(std::string_view key, bool otherwise) const {
  auto const* const parameter = find(key);
  if (parameter == nullptr) return otherwise;
  if (parameter->value != "yes" && parameter->value != "no") refuse(*parameter, "yes or no");
  return parameter->value == "yes";
}

std::uint64_t GeneratorSpec::amount(std::string_view key, std::uint64_t otherwise, std::uint64_t most,
                                    std::uint64_t least) const {
  auto const* const parameter = find(key);
  if (parameter == nullptr) return otherwise;
  std::string_view digits = parameter->value;
  auto const unit = digits.empty() ? 1 : unit_of(digits.back());
  if (unit != 1) digits.remove_suffix(1);
  auto const n = number(digits);
  if (!n || *n > most / unit || *n * unit < least)
    refuse(*parameter, "a whole number, with K, M or G for thousands, millions, billions, of " +
                           (least > 0 ? "at least " + std::to_string(least) + " and " : "") + "at most " +
                           std::to_string(most));
  return *n * unit;
}

std::size_t GeneratorSpec::choice(std::string_view key, std::vector<std::string> const& words) const {
  auto const* const parameter = find(key);
  if (parameter == nullptr) return 0;
  auto const found = std::find(words.begin(), words.end(), parameter->value);
  if (found == words.end())
    throw UsageError(spec_, parameter->key + "=" + parameter->value + ": expected one of " + joined(words),
                     base::nearest(parameter->value, words));
  return static_cast<std::size_t>(found - words.begin());
}

}  // namespace pel::data
