// Lists of edges and of vertices as text: one a line, in columns.
//   edges: "source target [weight]"; vertices: "id". Columns are separated by spaces, tabs or a comma; further ones are
//   not read. Lines that start with # or %, and blank ones, hold nothing. Ids are 0 to 2^63 - 1.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "data/bad_lines.hpp"
#include "data/byte_range.hpp"
#include "data/text_input.hpp"
#include "graph/edge_block.hpp"
#include "pel/error.hpp"

namespace pel::graph {

using data::BadLine;
using data::BadLines;

inline constexpr std::uint64_t largest_id = (std::uint64_t{1} << 63) - 1;

// A text, and which lines of it are right.
struct EdgeText {
  data::TextSource text;
  std::uint64_t begin = 0;                           // where its lines begin: behind a header
  std::uint64_t least_id = 0, ids = largest_id + 1;  // those that are right: so many from the least
  bool weights = false;
  std::uint32_t between = 0;  // columns between target and weight
  std::uint32_t file = 0;     // its number, for bad lines

  // The bytes of its lines that fall to a share.
  [[nodiscard]] data::ByteRange share_of(std::uint64_t share, std::uint64_t shares) const noexcept {
    auto const range = data::share_of(text.size - begin, share, shares);
    return {range.begin + begin, range.end + begin};
  }
};

// Appends the edges, or the vertices, of the lines that start in the range of bytes; lines that are wrong are noted.
// Throws: as data::LineBlocks.
// Example: "# a\n1 2 0.5\n\n3,4\n" holds the edges (1, 2) and (3, 4).
void append_edges(EdgeText const& edges, data::ByteRange range, EdgeBlock& block, BadLines& bad);
// The same; a line with an end in `strangers`, which ascend, is a bad one, for which problem(id) has the words.
void append_edges_without(EdgeText const& edges, data::ByteRange range, std::vector<std::uint64_t> const& strangers,
                          std::function<std::string(std::uint64_t)> const& problem, EdgeBlock& block, BadLines& bad);
void append_vertices(EdgeText const& vertices, data::ByteRange range, std::vector<std::uint64_t>& ids, BadLines& bad);

// How many columns the first line has that holds an edge, and where it begins; 0 if there is no such line.
struct FirstEdge {
  int columns = 0;
  std::uint64_t offset = 0;
};
[[nodiscard]] FirstEdge first_edge(EdgeText const& edges);

// Where an id stands for the `count`-th time, from 1, in the first `columns` columns (1 or 2) of the lines. Reads the
// whole text again. `problem`: what is wrong with it.
[[nodiscard]] BadData error_at_id(EdgeText const& list, int columns, std::uint64_t id, int count, std::string problem);

}  // namespace pel::graph
