// The references: each kernel once more, as plainly as it can be written, on one thread of one rank. They say what is
// right; what is fast stands elsewhere and shares nothing with them.
// This header is the graph they work on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace pel::graph {

// An edge as the input has it.
struct PlainEdge {
  std::uint64_t source = 0, target = 0;
  double weight = 1;
};

// A whole graph in memory. Vertices are numbered by ascending id. A row ascends by neighbour, has no loop and nobody
// twice: of repeated edges (undirected: reversed ones too) the lightest weight stays. An undirected edge is two arcs.
class PlainGraph {
 public:
  struct Arc {
    std::size_t to = 0;
    double weight = 1;
  };
  using Row = std::span<Arc const>;

  // `declared`: vertices that are there with or without an edge, in any order, also twice; those with an edge are there
  // in any case. Cost: sorting, 50 bytes an edge.
  // Example: declared {9}, edges {5, 7}, {7, 5} and {5, 5}, undirected: vertices 5, 7, 9, rows {1}, {0}, {}.
  PlainGraph(std::vector<std::uint64_t> declared, std::vector<PlainEdge> edges, bool directed);

  [[nodiscard]] bool directed() const noexcept { return directed_; }
  [[nodiscard]] std::size_t size() const noexcept { return ids_.size(); }
  [[nodiscard]] std::vector<std::uint64_t> const& ids() const noexcept { return ids_; }
  [[nodiscard]] std::optional<std::size_t> find(std::uint64_t id) const;

  [[nodiscard]] Row out(std::size_t v) const { return out_.row(v); }
  [[nodiscard]] Row in(std::size_t v) const { return directed_ ? in_.row(v) : out_.row(v); }
  // Whom an arc joins with v in either direction, ascending, each once.
  [[nodiscard]] std::vector<std::size_t> neighbours(std::size_t v) const;

 private:
  struct Rows {
    std::vector<std::size_t> first{0};
    std::vector<Arc> arcs;
    [[nodiscard]] Row row(std::size_t v) const { return Row(arcs).subspan(first[v], first[v + 1] - first[v]); }
  };
  [[nodiscard]] Rows rows_of(std::vector<PlainEdge> const& arcs) const;

  bool directed_;
  std::vector<std::uint64_t> ids_;
  Rows out_, in_;
};

}  // namespace pel::graph
