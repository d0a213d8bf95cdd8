#include "graph/ldbc_properties.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "data/text_input.hpp"
#include "pel/error.hpp"
#include "pel/partition.hpp"

namespace pel::graph {
namespace {

std::string_view trimmed(std::string_view text) {
  auto const first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::vector<std::string> listed(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    auto const comma = std::min(text.find(','), text.size());
    items.emplace_back(trimmed(text.substr(0, comma)));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return items;
}

// One "key = value".
struct Property {
  std::string const& path;
  std::int64_t line, column;
  std::string_view key, value;

  [[noreturn]] void refuse(std::string const& expected) const {
    throw BadData(path, line, column, -1, "\"" + std::string(value) + "\": expected " + expected);
  }
  [[nodiscard]] bool flag() const {
    if (value != "true" && value != "false") refuse("true or false");
    return value == "true";
  }
  template <class Number>
  [[nodiscard]] Number number(char const* expected) const {
    Number result{};
    auto const [end, error] = std::from_chars(value.data(), value.data() + value.size(), result);
    if (error != std::errc() || end != value.data() + value.size()) refuse(expected);
    return result;
  }
  [[nodiscard]] double damping() const {
    auto const value_read = number<double>("a damping factor");
    if (!(value_read >= 0 && value_read <= 1)) refuse("a damping factor from 0 to 1");
    return value_read;
  }
  [[nodiscard]] std::uint32_t rounds() const { return number<std::uint32_t>("a number of iterations"); }
};

class PropertiesReader {
 public:
  explicit PropertiesReader(std::string const& path) { result_.path = path; }

  void take(Property const& property) {
    auto const& [path, line, column, key, value] = property;
    if (key == "directed") result_.directed = property.flag();
    if (key == "vertex-file") result_.vertex_file = value;
    if (key == "edge-file") result_.edge_file = value;
    if (key == "meta.vertices") result_.vertices = {property.number<std::uint64_t>("a number of vertices"), line};
    if (key == "meta.edges") result_.edges = {property.number<std::uint64_t>("a number of edges"), line};
    if (key == "edge-properties.names") columns_ = listed(value);
    if (key == "sssp.weight-property") {
      weight_ = value;
      weight_line_ = line;
      weight_column_ = column;
    }
    take_default(property);
  }

  LdbcProperties all() {
    auto const weight = weight_.empty() ? columns_.begin() : std::find(columns_.begin(), columns_.end(), weight_);
    if (!columns_.empty() && weight == columns_.end())
      Property{result_.path, weight_line_, weight_column_, {}, weight_}.refuse("one of edge-properties.names");
    if (weight != columns_.end()) result_.between = static_cast<std::uint32_t>(weight - columns_.begin());
    return std::move(result_);
  }

 private:
  void take_default(Property const& property) {
    auto& defaults = result_.defaults;
    auto const& key = property.key;
    if (key == "bfs.source-vertex") defaults.bfs_source = property.value;
    if (key == "sssp.source-vertex") defaults.sssp_source = property.value;
    if (key == "pr.num-iterations") defaults.pagerank_iterations = property.rounds();
    if (key == "pr.damping-factor") defaults.damping = property.damping();
    if (key == "cdlp.max-iterations") defaults.cdlp_iterations = property.rounds();
  }

  LdbcProperties result_;
  std::vector<std::string> columns_;
  std::string weight_;
  std::int64_t weight_line_ = 0, weight_column_ = 0;
};

// The key without "graph.NAME." before it; a name has no dot.
std::string_view without_prefix(std::string_view key) {
  constexpr std::string_view prefix = "graph.";
  if (!key.starts_with(prefix)) return key;
  auto const dot = key.find('.', prefix.size());
  return dot == std::string_view::npos ? key : key.substr(dot + 1);
}

}  // namespace

void add_weight_column(std::optional<LdbcProperties> const& properties, base::DigestStream& digest) {
  auto const between = properties ? properties->between.value_or(0) : 0;
  auto const column = "weights behind " + std::to_string(between) + " columns";
  if (between > 0) digest.add(std::as_bytes(std::span(column)));
}

LdbcProperties LdbcProperties::read(std::string const& path) {
  PropertiesReader reader(path);
  std::int64_t number = 0;
  for (auto const line : data::Lines(data::TextInput({data::open_text_file(path)}), Partition{})) {
    ++number;
    auto const equals = line.find('=');
    auto const key = trimmed(line.substr(0, equals));
    if (equals == std::string_view::npos || key.starts_with('#') || key.starts_with('!')) continue;
    auto const value = trimmed(line.substr(equals + 1));
    auto const column = value.empty() ? equals + 2 : static_cast<std::size_t>(value.data() - line.data()) + 1;
    reader.take({path, number, static_cast<std::int64_t>(column), without_prefix(key), value});
  }
  return reader.all();
}

}  // namespace pel::graph
