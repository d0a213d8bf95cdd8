// The layer graph: graphs from their input to rows of neighbours. It includes base, data and engine, and never MPI.
// This header is where it begins: a graph's input, opened, of which any share can be read by itself. Loops, repeats and
// edges to vertices that are not declared are still in it: only all shares together can tell.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "data/bad_lines.hpp"
#include "graph/edge_block.hpp"
#include "graph/graph_source.hpp"
#include "pel/error.hpp"

namespace pel::graph {

using data::BadLine;
using data::BadLines;

// What an input says the kernels should be run with: LDBC's properties. Texts as they are written there.
struct KernelDefaults {
  std::optional<std::string> bfs_source, sssp_source;  // a vertex as the input calls it
  std::optional<std::uint32_t> pagerank_iterations, cdlp_iterations;
  std::optional<double> damping;
  bool operator==(KernelDefaults const&) const = default;
};

// An input opened by one rank. Any number of shares; over all shares of a count every vertex and edge comes exactly
// once, and in order. A value; copies share what is held in memory (texts that were packed). All functions may be
// called by several threads at once.
class EdgeInput {
 public:
  struct Wishes {
    bool weights = false;            // else columns behind the target are not looked at
    bool names = false;              // vertices are named by texts, not by numbers
    std::optional<bool> directed{};  // what the command line says; a generated weight depends on it
    std::uint64_t max_bad = 0;       // bad lines that are tolerated; see agree_on_input()
    std::size_t max_line = data::longest_line;
  };

  // Finds the files, reads what is said about them, unpacks what is packed. Throws: MissingInput; BadData; UsageError
  // for a generator's parameters, and for a symmetric matrix that is to be directed; ConfigError if weights are wished
  // and the input has none.
  [[nodiscard]] static EdgeInput open(GraphSource const& source, Wishes const& wishes);

  [[nodiscard]] std::string const& spec() const noexcept;  // as the user wrote it
  // What the input says itself; nothing for a plain list of edges.
  [[nodiscard]] std::optional<bool> directed() const noexcept;
  [[nodiscard]] std::optional<std::uint64_t> vertices_promised() const noexcept;
  [[nodiscard]] std::optional<std::uint64_t> edges_promised() const noexcept;
  [[nodiscard]] KernelDefaults const& defaults() const noexcept;
  // Whether the input names its vertices (read_vertices() then gives all); if not, they are those with an edge.
  [[nodiscard]] bool declares_vertices() const noexcept;
  [[nodiscard]] std::uint64_t max_bad() const noexcept;
  [[nodiscard]] bool weighted() const noexcept;        // read_edges() gives weights
  [[nodiscard]] std::uint64_t bytes() const noexcept;  // of the edges' text, unpacked; what a generator would write
  // Of all vertices, by id (debian:, and where names are wished), ascending by bytes; else null.
  [[nodiscard]] std::shared_ptr<std::vector<std::string> const> names() const noexcept;
  // The files: path and size on the disk when they were opened.
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> const& files() const noexcept;

  // Appends what begins in the share. Lines that are wrong are left out and noted in `bad`. Requires: 0 <= share <
  // shares. Throws: MissingInput if a file has vanished, BadData if one became shorter or for a line that is too long.
  // Cost: one pass over the share; 4 MiB beside what it appends.
  // Example: a file "1 2\n3 4\n" in two shares: (1, 2) and (3, 4).
  void read_vertices(int share, int shares, std::vector<std::uint64_t>& ids, BadLines& bad) const;
  void read_edges(int share, int shares, EdgeBlock& block, BadLines& bad) const;

  // The same input, where edges to these vertices are bad lines: it does not declare them. Requires: ids ascend.
  [[nodiscard]] EdgeInput without_edges_to(std::vector<std::uint64_t> strangers) const;

  // The error that these lines are: the first with file, line and column, the others in short. Requires: count() > 0.
  [[nodiscard]] BadData error_of(BadLines const& bad) const;
  // "x.e:1204:7: "x12": expected a vertex number", for each of the first.
  [[nodiscard]] std::vector<std::string> places_of(BadLines const& bad) const;

  // The error for an edge to a vertex that is not declared; for a vertex that is declared twice. They read the text
  // again to find the line.
  [[nodiscard]] BadData unknown_vertex(std::uint64_t id) const;
  [[nodiscard]] BadData repeated_vertex(std::uint64_t id) const;
  // Throws: BadData if these are not the counts that were promised. `vertices`: declared; `edges`: lines that hold one,
  // so with loops and repeats; `bad`: lines that hold neither, which count as either.
  void check_promises(std::uint64_t vertices, std::uint64_t edges, std::uint64_t bad) const;
  // The same of an input that does not declare its vertices: those that have an edge must be all that were promised, as
  // no others can be known. Of one that does, nothing. A bad line may have held two.
  void check_vertices_met(std::uint64_t vertices, std::uint64_t bad) const;

  // XXH3-128, in hexadecimal, of what the graph follows from: the unpacked bytes, the package lists, or the spec of a
  // generator with every parameter. Reads everything.
  [[nodiscard]] std::string digest() const;

  class Content;  // edge_content.hpp

 private:
  explicit EdgeInput(std::shared_ptr<Content const> content) : content_(std::move(content)) {}
  std::shared_ptr<Content const> content_;
  std::shared_ptr<std::vector<std::uint64_t> const> strangers_;  // or null
};

}  // namespace pel::graph
