#include "graph/graph_files.hpp"

#include <array>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "data/text_input.hpp"
#include "pel/error.hpp"
#include "pel/partition.hpp"

namespace pel::graph {
namespace {

bool is_file(std::string const& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

// The file of that path, or the same packed.
std::optional<std::string> packed_or_not(std::string const& path) {
  for (auto const& candidate : {path, path + ".zst"})
    if (is_file(candidate)) return candidate;
  return std::nullopt;
}

std::string_view without(std::string_view text, std::string_view suffix) {
  return text.ends_with(suffix) ? text.substr(0, text.size() - suffix.size()) : text;
}

std::string_view trimmed(std::string_view text) {
  auto const first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The value of "graph.NAME.directed = true" or "directed = true", where there is one.
std::optional<bool> direction_in(std::string const& path) {
  std::optional<bool> directed;
  std::int64_t number = 0;
  for (auto const line : data::Lines(data::TextInput({data::open_text_file(path)}), Partition{})) {
    ++number;
    auto const equals = line.find('=');
    auto const key = trimmed(line.substr(0, equals));
    bool const meant = key == "directed" || (key.starts_with("graph.") && key.ends_with(".directed"));
    if (!meant || equals == std::string_view::npos) continue;
    auto const value = trimmed(line.substr(equals + 1));
    if (value != "true" && value != "false")
      throw BadData(path, number, static_cast<std::int64_t>(equals) + 2, -1,
                    "\"" + std::string(value) + "\": expected true or false");
    directed = value == "true";
  }
  return directed;
}

}  // namespace

GraphFiles find_graph_files(std::string const& name) {
  GraphFiles files;
  std::string stem = name;
  if (is_file(name)) {
    files.edges = name;
    auto const unpacked = without(name, ".zst");
    if (!unpacked.ends_with(".e")) return files;
    stem = without(unpacked, ".e");
  } else if (auto const edges = packed_or_not(name + ".e")) {
    files.edges = *edges;
  } else {
    throw MissingInput(name, "there is no such file, and neither " + name + ".e nor " + name + ".e.zst");
  }
  files.vertices = packed_or_not(stem + ".v");
  if (is_file(stem + ".properties")) files.directed = direction_in(stem + ".properties");
  return files;
}

}  // namespace pel::graph
