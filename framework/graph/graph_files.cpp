#include "graph/graph_files.hpp"

#include <filesystem>
#include <string_view>
#include <system_error>

#include "pel/error.hpp"

namespace pel::graph {
namespace {

bool is_file(std::string const& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

// The file of that path, or the same packed.
std::optional<std::string> packed_or_not(std::string const& path) {
  for (auto const& candidate : {path, path + ".gz", path + ".zst"})
    if (is_file(candidate)) return candidate;
  return std::nullopt;
}

std::string_view without(std::string_view text, std::string_view suffix) {
  return text.ends_with(suffix) ? text.substr(0, text.size() - suffix.size()) : text;
}

// What a .properties calls one of its files: relative to itself.
std::optional<std::string> named_by(LdbcProperties const& properties, std::optional<std::string> const& file) {
  if (!file) return std::nullopt;
  auto const path = (std::filesystem::path(properties.path).parent_path() / *file).string();
  auto const found = packed_or_not(path);
  if (!found) throw MissingInput(path, "there is no such file, but " + properties.path + " names it");
  return found;
}

// A name that ends as an edge list does is no prefix: nothing else was meant.
MissingInput no_edges(std::string const& name, std::string const& stem) {
  std::string const missing = "there is no such file";
  if (without(without(name, ".zst"), ".gz").ends_with(".e")) return {name, missing};
  return {name, missing + ", and neither " + stem + ".e nor " + stem + ".e.gz nor " + stem + ".e.zst"};
}

}  // namespace

GraphFiles find_graph_files(std::string const& name) {
  GraphFiles files;
  auto const stem = std::string(without(name, ".properties"));
  bool const of_properties = stem != name;
  if (!of_properties && is_file(name)) {
    files.edges = name;
    auto const unpacked = without(without(name, ".zst"), ".gz");
    if (!unpacked.ends_with(".e")) return files;
    auto const prefix = std::string(without(unpacked, ".e"));
    files.vertices = packed_or_not(prefix + ".v");
    if (is_file(prefix + ".properties")) files.properties = LdbcProperties::read(prefix + ".properties");
    return files;
  }
  if (of_properties || is_file(stem + ".properties")) files.properties = LdbcProperties::read(stem + ".properties");
  auto edges = packed_or_not(stem + ".e");
  files.vertices = packed_or_not(stem + ".v");
  if (files.properties && !edges) {
    edges = named_by(*files.properties, files.properties->edge_file);
    files.vertices = named_by(*files.properties, files.properties->vertex_file);
  }
  if (!edges) throw no_edges(name, stem);
  files.edges = *edges;
  return files;
}

}  // namespace pel::graph
