#include "graph/ldbc_properties.hpp"

#include <filesystem>
#include <string_view>
#include <system_error>

#include "data/text_input.hpp"
#include "pel/partition.hpp"

namespace pel::graph {
namespace {

std::string_view trimmed(std::string_view text) {
  auto const first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::string_view without(std::string_view text, std::string_view suffix) {
  return text.ends_with(suffix) ? text.substr(0, text.size() - suffix.size()) : text;
}

// "graph.NAME.bfs.source-vertex" without what comes before the last two words; the name may have dots, too.
std::string_view last_two_words(std::string_view key) {
  auto const last = key.rfind('.');
  if (last == std::string_view::npos || last == 0) return key;
  auto const before = key.rfind('.', last - 1);
  return before == std::string_view::npos ? key : key.substr(before + 1);
}

}  // namespace

std::map<std::string, std::string> ldbc_properties(std::string const& source) {
  std::map<std::string, std::string> found;
  auto const stem = without(without(without(source, ".zst"), ".gz"), ".e");
  auto const path = std::string(stem) + ".properties";
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return found;
  for (auto const line : data::Lines(data::TextInput({data::open_text_file(path)}), Partition{})) {
    auto const text = trimmed(line);
    auto const equals = text.find('=');
    if (text.empty() || text.front() == '#' || equals == std::string_view::npos) continue;
    found.insert_or_assign(std::string(last_two_words(trimmed(text.substr(0, equals)))),
                           std::string(trimmed(text.substr(equals + 1))));
  }
  return found;
}

}  // namespace pel::graph
