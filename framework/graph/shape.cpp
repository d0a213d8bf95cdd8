#include "graph/shape.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "data/generator_spec.hpp"

namespace pel::graph {
namespace {

constexpr std::array<std::string_view, 3> kinds{"grid:", "path:", "star:"};
constexpr std::uint64_t most_rows = std::uint64_t{1} << 31, most_vertices = std::uint64_t{1} << 62;

auto kind_of(std::string const& spec) {
  return std::find_if(kinds.begin(), kinds.end(), [&](auto kind) { return spec.starts_with(kind); });
}

}  // namespace

bool Shape::is_one(std::string const& spec) { return kind_of(spec) != kinds.end(); }

Shape Shape::parse(std::string const& spec) {
  Shape shape;
  shape.kind = static_cast<Kind>(kind_of(spec) - kinds.begin());
  if (shape.kind == Kind::grid) {
    data::GeneratorSpec const parameters(spec, {"rows", "columns"});
    shape.rows = parameters.whole("rows", shape.rows, 1, most_rows);
    shape.columns = parameters.whole("columns", shape.columns, 1, most_rows);
  } else {
    data::GeneratorSpec const parameters(spec, {"vertices"});
    shape.rows = 1;
    shape.columns = parameters.whole("vertices", shape.columns, 1, most_vertices);
  }
  return shape;
}

std::string Shape::canonical() const {
  auto const name = std::string(kinds[static_cast<std::size_t>(kind)]);
  if (kind == Kind::grid) return name + "rows=" + std::to_string(rows) + ",columns=" + std::to_string(columns);
  return name + "vertices=" + std::to_string(columns);
}

std::uint64_t Shape::edges() const noexcept { return rows * (columns - 1) + (rows - 1) * columns; }

void Shape::append_edges(std::uint64_t first, std::uint64_t last,
                         std::vector<std::pair<std::uint64_t, std::uint64_t>>& to) const {
  auto const in_rows = rows * (columns - 1);
  for (auto edge = first; edge < last; ++edge) {
    if (kind == Kind::star)
      to.emplace_back(0, edge + 1);
    else if (edge >= in_rows)
      to.emplace_back(edge - in_rows, edge - in_rows + columns);
    else
      to.emplace_back(edge + edge / (columns - 1), edge + edge / (columns - 1) + 1);
  }
}

}  // namespace pel::graph
