// Graphs of a simple shape, for trying things out: their answers are known.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace pel::graph {

//   grid:rows=100,columns=100   a vertex for each cell, r * columns + c; edges to the right and downwards
//   path:vertices=100           0 - 1 - 2 …
//   star:vertices=100           0 has an edge to each other
struct Shape {
  enum class Kind { grid, path, star };
  Kind kind = Kind::grid;
  std::uint64_t rows = 100, columns = 100;  // path, star: one row

  [[nodiscard]] static bool is_one(std::string const& spec);
  // Throws: UsageError.
  [[nodiscard]] static Shape parse(std::string const& spec);
  // The spec with every parameter.
  [[nodiscard]] std::string canonical() const;

  [[nodiscard]] std::uint64_t vertices() const noexcept { return rows * columns; }
  [[nodiscard]] std::uint64_t edges() const noexcept;

  // Appends the edges [first, last). Requires: first <= last <= edges().
  // Example: the edges of grid:rows=2,columns=2 are (0, 1), (2, 3), (0, 2), (1, 3).
  void append_edges(std::uint64_t first, std::uint64_t last,
                    std::vector<std::pair<std::uint64_t, std::uint64_t>>& to) const;
};

}  // namespace pel::graph
