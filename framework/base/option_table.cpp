#include "base/option_table.hpp"

#include <CLI/Split.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string_view>

#include "base/nearest.hpp"
#include "pel/error.hpp"

namespace pel::base {
namespace {

// "--name" or "--name=value" with CLI11's rules of what a long option is; a number such as -1 is a value.
bool split_option(std::string const& token, std::string& name, std::optional<std::string>& value) {
  std::string text;
  if (!CLI::detail::split_long(token, name, text)) return false;
  value.reset();
  if (token.find('=') != std::string::npos) value = text;
  return true;
}

bool is_long(std::string const& token) { return token.starts_with("--"); }

// "-x", which PEL has none of but -h; "-1" is a number and "-" a name.
bool is_short(std::string const& token) {
  auto const is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return token.size() > 1 && token[0] == '-' && is_letter(token[1]);
}

}  // namespace

OptionTable::OptionTable(int argc, char const* const* argv) {
  for (int i = 1; i < argc; ++i) tokens_.emplace_back(argv[i]);
  used_.assign(tokens_.size(), false);
}

bool OptionTable::takes_next(std::size_t i) const {
  auto const& token = tokens_[i];
  if (used_[i] || !is_long(token) || token == "--" || token.find('=') != std::string::npos) return false;
  for (auto const& info : announced_) {
    if (token != "--" + info.name) continue;
    refuse_detached_value(info, i);
    return false;
  }
  return true;
}

void OptionTable::refuse_detached_value(OptionInfo const& info, std::size_t i) const {
  if (info.value_optional && i + 1 < tokens_.size() && tokens_[i + 1] == info.value)
    throw UsageError("--" + info.name, "its value stands after an equals sign: --" + info.name + "=" + info.value);
}

std::vector<std::string> OptionTable::named_values(OptionInfo const& info) {
  std::vector<std::string> values;
  std::string name;
  std::optional<std::string> attached;
  for (std::size_t i = 0; i < tokens_.size() && tokens_[i] != "--"; ++i) {
    if (used_[i] || !split_option(tokens_[i], name, attached) || name != info.name) continue;
    used_[i] = true;
    if (info.value.empty()) {
      if (attached) throw UsageError("--" + name, "takes no value");
      values.emplace_back("true");
    } else if (attached) {
      values.push_back(*attached);
    } else if (info.value_optional) {
      refuse_detached_value(info, i);
      values.emplace_back();
    } else if (i + 1 < tokens_.size() && !used_[i + 1] && !is_long(tokens_[i + 1])) {
      values.push_back(tokens_[i + 1]);
      used_[i + 1] = true;
      // A list may go on: --input a b c
      for (auto j = i + 2; info.may_repeat && info.positional && j < tokens_.size(); ++j) {
        if (used_[j] || is_long(tokens_[j]) || is_short(tokens_[j])) break;
        values.push_back(tokens_[j]);
        used_[j] = true;
      }
    } else {
      throw UsageError("--" + name, "needs a value: --" + name + "=" + info.value);
    }
  }
  return values;
}

void OptionTable::take_bare_tokens(OptionInfo const& info, std::vector<std::string>& values) {
  bool after_dashes = false;
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    if (!after_dashes && tokens_[i] == "--") {
      after_dashes = used_[i] = true;
      continue;
    }
    if (used_[i]) continue;
    bool const is_option = is_long(tokens_[i]) || is_short(tokens_[i]);
    bool const is_value_of_later_option = i > 0 && takes_next(i - 1);
    if (!after_dashes && (is_option || is_value_of_later_option)) continue;
    if (!info.may_repeat && !values.empty()) return;
    values.push_back(tokens_[i]);
    used_[i] = true;
  }
}

std::vector<std::string> OptionTable::take(OptionInfo const& info) {
  declared_.push_back(info);
  auto values = named_values(info);
  if (info.positional) take_bare_tokens(info, values);
  if (values.size() > 1 && !info.may_repeat && !info.value.empty())
    throw UsageError("--" + info.name, "given " + std::to_string(values.size()) + " times");
  if (values.empty() && info.required && !only_asks()) throw UsageError("--" + info.name, "is missing: " + info.help);
  return values;
}

void OptionTable::close() const {
  std::vector<std::string> names;
  for (auto const& info : declared_) names.push_back("--" + info.name);
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    if (used_[i]) continue;
    auto const name = tokens_[i].substr(0, tokens_[i].find('='));
    if (is_long(name) || is_short(name)) throw UsageError(name, "unknown option", nearest(name, names));
    throw UsageError(name, "unexpected argument; write arguments before the options, or by name");
  }
}

bool OptionTable::asks_for(std::string const& flag) const {
  for (auto const& token : tokens_) {
    if (token == "--") return false;
    if (token == "--" + flag || (flag == "help" && token == "-h")) return true;
  }
  return false;
}

bool OptionTable::only_asks() const { return asks_for("help") || asks_for("version") || asks_for("print-options"); }

std::string OptionTable::help(std::string const& program, std::string const& purpose) const {
  std::string text = "usage: " + program;
  for (auto const& info : declared_)
    if (info.positional) text += " " + info.value + (info.may_repeat ? "…" : "");
  text += " [options]\n";
  if (!purpose.empty()) text += purpose + "\n";
  text += "\n";
  std::size_t width = 0;
  auto const left_side = [](OptionInfo const& info) {
    auto const value = info.value.empty() ? "" : info.value_optional ? "[=" + info.value + "]" : " " + info.value;
    return "  --" + info.name + value;
  };
  for (auto const& info : declared_) width = std::max(width, left_side(info).size());
  for (auto const& info : declared_) {
    auto left = left_side(info);
    left.resize(width + 2, ' ');
    text += left + info.help;
    if (info.required) text += " (required)";
    if (!info.fallback.empty()) text += " (default " + info.fallback + ")";
    if (info.may_repeat) text += "; may be repeated";
    text += "\n";
  }
  return text;
}

std::int64_t to_integer(std::string const& option, std::string const& text, std::int64_t least, std::int64_t most) {
  std::int64_t value = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && value >= least && value <= most) return value;
  throw UsageError("--" + option, "\"" + text + "\": expected a whole number from " + std::to_string(least) + " to " +
                                      std::to_string(most));
}

std::uint64_t to_bytes(std::string const& option, std::string const& text) {
  constexpr std::string_view units = "KMGT";
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  auto const unit = text.empty() ? std::string_view::npos : units.find(text.back());
  auto const shift = unit == std::string_view::npos ? 0 : 10 * (unit + 1);
  auto const* const end_of_digits = text.data() + text.size() - (shift > 0 ? 1 : 0);
  std::uint64_t value = 0;
  auto const [end, error] = std::from_chars(text.data(), end_of_digits, value);
  if (error == std::errc() && end == end_of_digits && value <= most >> shift) return value << shift;
  throw UsageError("--" + option, "\"" + text + "\": expected a number of bytes, such as 0, 500M or 4G");
}

double to_number(std::string const& option, std::string const& text) {
  double value = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && std::isfinite(value)) return value;
  throw UsageError("--" + option, "\"" + text + "\": expected a number");
}

std::string to_choice(std::string const& option, std::string const& text, std::vector<std::string> const& choices) {
  if (std::find(choices.begin(), choices.end(), text) != choices.end()) return text;
  std::string list;
  for (auto const& choice : choices) list += (list.empty() ? "" : ", ") + choice;
  throw UsageError("--" + option, "\"" + text + "\": expected one of " + list, nearest(text, choices));
}

}  // namespace pel::base
