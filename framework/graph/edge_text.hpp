// Lists of edges and of vertices as text: one a line, as columns of digits.
//   edges: "source target"; vertices: "id". Columns are separated by spaces, tabs or a comma; further ones are not
//   read. Lines that start with # or %, and blank ones, hold nothing. Ids are 0 to 2^63 - 1.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "data/byte_range.hpp"
#include "data/text_input.hpp"
#include "pel/error.hpp"

namespace pel::graph {

inline constexpr std::uint64_t largest_id = (std::uint64_t{1} << 63) - 1;

// Appends the edges, or the vertices, of the lines that start in the range of bytes.
// Throws: BadData for the first bad place, with line and column.
// Example: "# a\n1 2 0.5\n\n3,4\n" holds the edges (1, 2) and (3, 4).
void append_edges(data::TextSource const& text, data::ByteRange range,
                  std::vector<std::pair<std::uint64_t, std::uint64_t>>& edges);
void append_vertices(data::TextSource const& text, data::ByteRange range, std::vector<std::uint64_t>& vertices);

// The error for a list of edges that names a vertex which the list of vertices (its path is `vertices`) does not have:
// the first place with this id. Reads the whole text again.
[[nodiscard]] BadData unknown_vertex_in(data::TextSource const& edges, std::string const& vertices, std::uint64_t id);

}  // namespace pel::graph
