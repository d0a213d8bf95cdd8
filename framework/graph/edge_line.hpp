// How a line of an edge list falls into columns. For the sources of the graph layer alone. All functions want the
// guarantees of data::LineBlocks: the byte behind a block can be read, and is a NUL if it does not end with a newline;
// so no loop passes the end of a line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "graph/decimal.hpp"

namespace pel::graph {

constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\r'; }

inline void skip_blanks(char const*& p) noexcept {
  while (is_blank(*p)) ++p;
}

inline void skip_separator(char const*& p) noexcept {
  skip_blanks(p);
  if (*p == ',') ++p;
  skip_blanks(p);
}

inline bool column_ends(char const* p, char const* end) noexcept {
  return is_blank(*p) || *p == '\n' || *p == ',' || p == end;
}

// Moves p to the end of the column, and returns the column.
inline std::string_view take_column(char const*& p, char const* end) noexcept {
  char const* const first = p;
  while (!column_ends(p, end)) ++p;
  return {first, static_cast<std::size_t>(p - first)};
}

inline char const* next_line(char const* p, char const* end) noexcept {
  auto const n = std::string_view(p, static_cast<std::size_t>(end - p)).find('\n');
  return n == std::string_view::npos ? end : p + n + 1;
}

// Whether a line holds nothing, where p is behind its leading blanks.
inline bool holds_nothing(char const* p, char const* end) noexcept {
  return p == end || *p == '\n' || *p == '#' || *p == '%';
}

// Reads the weight in the column that stands `between` columns behind p, the end of the target; at: where it begins.
// False if it is none: not a number, negative, not finite.
inline bool read_weight(char const*& p, char const* end, std::uint32_t between, double& weight, char const*& at) {
  skip_separator(p);
  for (; between > 0; --between) {
    (void)take_column(p, end);
    skip_separator(p);
  }
  at = p;
  return read_decimal(p, end, weight) && column_ends(p, end) && weight >= 0 &&
         weight <= std::numeric_limits<double>::max();
}

// The column at p as messages show it: a leading comma is part of it.
inline std::string_view column_at(char const* p, char const* end) noexcept {
  std::string_view const text(p, static_cast<std::size_t>(end - p));
  return text.substr(0, text.find_first_of(" \t\r\n,", text.starts_with(',') ? 1 : 0));
}

}  // namespace pel::graph
