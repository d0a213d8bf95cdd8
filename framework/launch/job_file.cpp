#include "launch/job_file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "pel/error.hpp"

#define TOML_EXCEPTIONS 1
#include <toml++/toml.h>

namespace pel::launch {
namespace {

// A number, text or boolean as an option's value would be written; false for anything else.
bool to_text(toml::node const& node, std::string& text) {
  if (auto const* const value = node.as_string())
    text = value->get();
  else if (auto const* const whole = node.as_integer())
    text = std::to_string(whole->get());
  else if (auto const* const number = node.as_floating_point())
    text = fmt::format("{}", number->get());
  else if (auto const* const yes = node.as_boolean())
    text = yes->get() ? "true" : "false";
  else
    return false;
  return true;
}

class Reader {
 public:
  explicit Reader(std::string name) : name_(std::move(name)) {}

  void table(toml::table const& table, std::string const& prefix) {
    for (auto const& [key, node] : table) {
      auto const whole = prefix + std::string(key.str());
      if (auto const* const inner = node.as_table())
        this->table(*inner, whole + ".");
      else
        setting(whole, node);
    }
  }

  JobFile file;

 private:
  void setting(std::string const& key, toml::node const& node) {
    FileSetting setting{.key = key,
                        .values = {},
                        .origin = fmt::format("{}:{}", name_, node.source().begin.line),
                        .line = node.source().begin.line};
    setting.is_boolean = node.is_boolean();
    setting.is_list = node.is_array();
    bool good = true;
    std::string text;
    if (auto const* const list = node.as_array()) {
      for (auto const& each : *list) {
        good = good && to_text(each, text);
        setting.values.push_back(text);
      }
    } else {
      good = to_text(node, text);
      setting.values.push_back(text);
    }
    if (good)
      file.settings.push_back(setting);
    else
      file.errors.push_back(
          fmt::format("{}: {}: expected a number, a text, true, false, or a list of them", setting.origin, key));
  }

  std::string name_;
};

}  // namespace

JobFile parse_job_file(std::string const& text, std::string const& name) {
  Reader reader(name);
  try {
    reader.table(toml::parse(text, name), "");
  } catch (toml::parse_error const& error) {
    auto const where = error.source().begin;
    reader.file = {};
    reader.file.errors = {fmt::format("{}:{}:{}: {}", name, where.line, where.column, error.description())};
  }
  std::stable_sort(reader.file.settings.begin(), reader.file.settings.end(),
                   [](auto const& a, auto const& b) { return a.line < b.line; });
  return reader.file;
}

JobFile read_job_file(std::filesystem::path const& path) {
  std::ifstream file(path);
  if (!file || std::filesystem::is_directory(path)) throw MissingInput(path.string(), "no job file there");
  std::string const text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return parse_job_file(text, path.string());
}

}  // namespace pel::launch
