#include "launch/configuration.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <string_view>

#include "base/nearest.hpp"
#include "launch/duration.hpp"

namespace pel::launch {
namespace {

// The engine's options that no file may set: they are about one start, not about the job.
constexpr std::array<std::string_view, 5> not_in_files{"help", "version", "print-options", "resume", "run-dir"};

std::vector<Key> launcher_keys() {
  auto const own = [](std::string name, std::string shown, Key::Kind kind, std::string fallback) {
    std::string key = "run." + name;
    std::replace(key.begin(), key.end(), '-', '_');
    return Key{.key = key,
               .flag = std::move(name),
               .shown = std::move(shown),
               .kind = kind,
               .launcher = true,
               .fallback = std::move(fallback),
               .has_variable = true};
  };
  auto ranks = own("ranks", "-n", Key::Kind::whole, "");
  ranks.too_small = "0";
  return {ranks,
          own("host", "--host", Key::Kind::text, ""),
          own("hostfile", "--hostfile", Key::Kind::text, ""),
          own("walltime", "--walltime", Key::Kind::duration, "off"),
          own("stall-timeout", "--stall-timeout", Key::Kind::duration, "300s"),
          own("silent-timeout", "--silent-timeout", Key::Kind::duration, "auto"),
          own("attempts", "--attempts", Key::Kind::whole, "3")};
}

Key::Kind kind_of(base::OptionInfo const& info) {
  if (info.value.empty()) return Key::Kind::flag;
  if (info.value == "N" || info.value == "P" || info.value == "K") return Key::Kind::whole;
  return info.value == "X" ? Key::Kind::number : Key::Kind::text;
}

std::string key_of(std::string const& app, AppOption const& option) {
  auto const& name = option.info.name;
  if (!option.engine) return app + "." + name;
  constexpr std::string_view prefix = "checkpoint-";
  return name.starts_with(prefix) ? "checkpoint." + name.substr(prefix.size()) : "run." + name;
}

template <class Number>
bool is_number(std::string const& text) {
  Number value{};
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

// What a value should have been; empty if it is.
std::string fault_of(Key const& key, std::string const& text) {
  if (!key.fallback.empty() && text == key.fallback) return "";
  auto const word = !key.fallback.empty() && !is_number<double>(key.fallback) && key.kind != Key::Kind::duration
                        ? " or \"" + key.fallback + "\""
                        : std::string();
  if (key.kind == Key::Kind::whole && !is_number<std::int64_t>(text)) return "expected a whole number" + word;
  if (key.kind == Key::Kind::whole && key.launcher && (text == key.too_small || text.starts_with('-')))
    return fmt::format("expected a whole number from {} on", key.too_small.empty() ? 0 : 1);
  if (key.kind == Key::Kind::number && !is_number<double>(text)) return "expected a number" + word;
  if (key.kind == Key::Kind::duration && !parse_duration(text))
    return "expected a time such as 30s, 5min, 2h" + (parse_duration(key.fallback) ? "" : " or " + key.fallback);
  if (key.kind == Key::Kind::flag && text != "true" && text != "false") return "expected true or false";
  return "";
}

std::string variable_name(std::string flag) {
  for (auto& letter : flag) letter = letter == '-' ? '_' : static_cast<char>(std::toupper(letter));
  return "PEL_" + flag;
}

std::string as_toml(Key const& key, std::vector<std::string> const& texts) {
  auto const one = [&](std::string const& text) {
    bool const plain = (key.kind == Key::Kind::whole && is_number<std::int64_t>(text)) ||
                       (key.kind == Key::Kind::number && is_number<double>(text)) || key.kind == Key::Kind::flag;
    if (plain) return text;
    std::string quoted = "\"";
    for (char const c : text) quoted += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    return quoted + "\"";
  };
  if (!key.list || texts.size() == 1) return one(texts.empty() ? "" : texts.back());
  std::string list;
  for (auto const& text : texts) list += (list.empty() ? "" : ", ") + one(text);
  return "[" + list + "]";
}

}  // namespace

std::vector<Key> keys_for(std::string const& app, std::vector<AppOption> const& options) {
  auto keys = launcher_keys();
  for (auto const& option : options) {
    auto const& info = option.info;
    if (option.engine && std::find(not_in_files.begin(), not_in_files.end(), info.name) != not_in_files.end()) continue;
    keys.push_back({.key = key_of(app, option),
                    .flag = info.name,
                    .shown = "--" + info.name,
                    .kind = kind_of(info),
                    .list = info.may_repeat,
                    .fallback = info.fallback,
                    .has_variable = option.engine});
  }
  return keys;
}

Key const* Configuration::key(std::string const& name) const {
  auto const found = std::find_if(keys_.begin(), keys_.end(), [&](Key const& each) { return each.key == name; });
  return found == keys_.end() ? nullptr : &*found;
}

void Configuration::error(std::string const& line) {
  errors_.push_back(line);
  others_wrong_ = true;
}

void Configuration::unknown(FileSetting const& setting) {
  std::vector<std::string> names{"app"};
  for (auto const& each : keys_) names.push_back(each.key);
  auto const close = base::nearest(setting.key, names);
  error(fmt::format("{}: {}: unknown key{}", setting.origin, setting.key,
                    close.empty() ? "" : " (did you mean \"" + close + "\"?)"));
}

void Configuration::set(Key const& key, std::vector<std::string> values, std::string const& origin,
                        std::string const& shown) {
  for (auto const& text : values)
    if (auto const fault = fault_of(key, text); !fault.empty()) return error(fmt::format("{}: {}", shown, fault));
  values_[key.key] = {.texts = std::move(values), .origin = origin};
}

void Configuration::add_file(JobFile const& file, bool is_job_file) {
  for (auto const& line : file.errors) error(line);
  for (auto const& setting : file.settings) {
    if (setting.key == "app" && is_job_file) {
      values_["app"] = {.texts = setting.values, .origin = setting.origin};
      continue;
    }
    auto const* const known = key(setting.key);
    auto const section = setting.key.substr(0, setting.key.find('.'));
    bool const of_other_app = !is_job_file && section != "run" && section != "checkpoint" && section != app_;
    if (known == nullptr) {
      if (!of_other_app) unknown(setting);
      continue;
    }
    auto const where = setting.origin + ": " + setting.key;
    if (setting.is_list && !known->list) {
      error(where + ": expected one value, not a list");
      continue;
    }
    set(*known, setting.values, setting.origin, where);
  }
}

void Configuration::add_environment(std::function<std::string(std::string const&)> const& variable) {
  for (auto const& each : keys_) {
    if (!each.has_variable) continue;
    auto const name = variable_name(each.flag);
    auto const text = variable(name);
    if (!text.empty()) set(each, {text}, name, name + "=" + text);
  }
}

void Configuration::add_flag(std::string const& flag, std::vector<std::string> const& values) {
  auto const found = std::find_if(keys_.begin(), keys_.end(), [&](Key const& each) { return each.flag == flag; });
  if (found == keys_.end()) return;
  for (auto const& text : values) {
    auto const fault = found->kind == Key::Kind::flag ? std::string() : fault_of(*found, text);
    if (!fault.empty()) return add_flag_error(fmt::format("{}={}: {}", found->shown, text, fault));
  }
  values_[found->key] = {.texts = values, .origin = "flag " + found->shown};
}

Value const* Configuration::find(std::string const& name) const {
  auto const found = values_.find(name);
  return found == values_.end() ? nullptr : &found->second;
}

std::string Configuration::text(std::string const& name) const {
  if (auto const* const value = find(name)) return value->texts.empty() ? "" : value->texts.back();
  auto const* const known = key(name);
  return known == nullptr ? "" : known->fallback;
}

std::vector<std::string> Configuration::app_arguments() const {
  std::vector<std::string> arguments;
  for (auto const& each : keys_) {
    auto const* const value = find(each.key);
    if (each.launcher || value == nullptr || value->origin.starts_with("flag ")) continue;
    for (auto const& text : value->texts) {
      if (each.kind != Key::Kind::flag)
        arguments.push_back("--" + each.flag + "=" + text);
      else if (text == "true")
        arguments.push_back("--" + each.flag);
    }
  }
  return arguments;
}

std::string Configuration::effective(std::map<std::string, std::pair<std::string, std::string>> const& defaults) const {
  std::vector<std::pair<std::string, std::string>> lines{{fmt::format("app = \"{}\"", app_), "flag"}};
  if (auto const* const app = find("app")) lines[0].second = app->origin;
  for (auto const& each : keys_) {
    auto const* const value = find(each.key);
    auto const known = defaults.find(each.key);
    if (value != nullptr)
      lines.emplace_back(each.key + " = " + as_toml(each, value->texts), value->origin);
    else if (known != defaults.end() && known->second.first.empty())
      continue;
    else if (known != defaults.end())
      lines.emplace_back(each.key + " = " + as_toml(each, {known->second.first}), "default: " + known->second.second);
    else if (!each.fallback.empty())
      lines.emplace_back(each.key + " = " + as_toml(each, {each.fallback}), "default");
  }
  std::size_t width = 0;
  for (auto const& [line, origin] : lines) width = std::max(width, std::min<std::size_t>(line.size(), 60));
  std::string text;
  for (auto const& [line, origin] : lines) text += fmt::format("{:<{}}  # {}\n", line, width, origin);
  return text;
}

}  // namespace pel::launch
