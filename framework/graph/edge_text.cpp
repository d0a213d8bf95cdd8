#include "graph/edge_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "data/line_blocks.hpp"
#include "graph/digits.hpp"
#include "graph/edge_line.hpp"
#include "graph/edge_problem.hpp"

namespace pel::graph {
namespace {

constexpr std::size_t block_bytes = std::size_t{4} << 20;

// What one line holds, and where its columns stand.
struct Line {
  enum class Kind { values, nothing, bad };
  Kind kind = Kind::nothing;
  std::array<std::uint64_t, 2> ids{};
  double weight = 0;
  std::array<char const*, 3> at{};  // of a bad line: up to the bad column, the rest is null
};

// A number of 19 or more digits that may be too large, or have leading zeros.
bool read_long_number(char const* first, char const* last, std::uint64_t& value) {
  auto const [end, error] = std::from_chars(first, last, value);
  return error == std::errc() && value <= largest_id;
}

// Reads the digits at p and moves behind them; false if there are none or too many. Stops at the byte behind the block.
inline bool read_number(char const*& p, char const* end, std::uint64_t& value) {
  char const* const first = p;
  std::uint64_t n = 0;
  if (end - p >= 8) [[likely]] {
    auto const digits = first_digits_at(p);
    n = digits.value;
    p += digits.count;
    if (digits.count < 8) [[likely]] {
      value = n;
      return digits.count > 0;
    }
  }
  for (unsigned digit = 0; (digit = digit_of(*p)) <= 9; ++p) n = n * 10 + digit;
  value = n;
  auto const count = p - first;
  return count > 18 ? read_long_number(first, p, value) : count > 0;
}

// How lines are read: `columns` numbers, and behind two a weight or not.
struct LineShape {
  std::size_t columns;
  bool weight;
};

// Reads the line at p, and moves p to the next one. Requires: p < end, and the guarantees of LineBlocks: no loop below
// passes a newline or the NUL behind a last line that has none.
template <LineShape shape>
inline Line read_line(char const*& p, char const* end, EdgeText const& list) {
  Line line;
  skip_blanks(p);
  if (holds_nothing(p, end)) {
    p = next_line(p, end);
    return line;
  }
  line.kind = Line::Kind::values;
  bool right = true;
  for (std::size_t i = 0; i < shape.columns && right; ++i) {
    if (i > 0) skip_separator(p);
    line.at[i] = p;
    right = read_number(p, end, line.ids[i]) && column_ends(p, end) && line.ids[i] - list.least_id < list.ids;
  }
  if constexpr (shape.weight) right = right && read_weight(p, end, list.between, line.weight, line.at[2]);
  if (!right) [[unlikely]]
    line.kind = Line::Kind::bad;
  p = p < end && *p == '\n' ? p + 1 : next_line(p, end);
  return line;
}

// What is wrong in the line from `start` up to `end`, which is `offset` bytes into the text.
[[gnu::cold, gnu::noinline]] BadLine bad_line(EdgeText const& list, Line const& line, char const* start,
                                              char const* end, std::uint64_t offset) {
  std::size_t column = 2;
  while (column > 0 && line.at[column] == nullptr) --column;
  auto const text = column_at(line.at[column], end);
  auto problem = column == 2 ? problem_of_weight(text)
                             : problem_of_id(text, column == 1, list.least_id, list.least_id + list.ids - 1);
  return {list.file, offset, static_cast<std::uint32_t>(line.at[column] - start + 1), std::move(problem)};
}

// Calls sink(line, its first byte, its offset in the text) for each line that holds values, and bad(BadLine) for each
// that is wrong. After each block, after(bytes done, bytes of the range) is called.
template <LineShape shape, class Sink, class Bad, class After>
void for_each_line(EdgeText const& list, data::ByteRange range, Sink&& sink, Bad&& bad, After&& after) {
  data::LineBlocks blocks(list.text, range, block_bytes);
  while (blocks.next()) {
    char const* const begin = blocks.block().data();
    char const* const end = begin + blocks.block().size();
    for (char const* p = begin; p < end;) {
      char const* const start = p;
      auto const line = read_line<shape>(p, end, list);
      auto const offset = blocks.offset() + static_cast<std::uint64_t>(start - begin);
      if (line.kind == Line::Kind::values)
        sink(line, start, offset);
      else if (line.kind == Line::Kind::bad)
        bad(bad_line(list, line, start, p, offset));
    }
    after(blocks.offset() + blocks.block().size() - range.begin, range.size());
  }
}

// Room for all values of a range once a part of it has been read, so that a large share is not copied as it grows.
template <class T>
void make_room(std::vector<T>& values, std::size_t before, std::uint64_t done, std::uint64_t all) {
  if (done >= all || values.capacity() > values.size() + values.size() / 16) return;
  auto const each = static_cast<double>(values.size() - before) / static_cast<double>(done);
  values.reserve(values.size() + static_cast<std::size_t>(1.03 * each * static_cast<double>(all - done)));
}

// Edges that `refuse` does not take. refuse(line, its first byte, its offset): whether the line was noted as a bad one.
template <bool weighted, class Refuse>
void append_edges_as(EdgeText const& edges, data::ByteRange range, EdgeBlock& block, BadLines& bad,
                     Refuse const& refuse) {
  auto const before = block.ends.size();
  for_each_line<LineShape{2, weighted}>(
      edges, range,
      [&](Line const& line, char const* start, std::uint64_t offset) {
        if (refuse(line, start, offset)) return;
        block.ends.emplace_back(line.ids[0], line.ids[1]);
        if constexpr (weighted) block.weights.push_back(line.weight + 0.0);  // -0 becomes 0
      },
      [&](BadLine&& line) { bad.add(std::move(line)); },
      [&](std::uint64_t done, std::uint64_t all) {
        make_room(block.ends, before, done, all);
        if constexpr (weighted) make_room(block.weights, before, done, all);
      });
}

template <class Refuse>
void append_edges_but(EdgeText const& edges, data::ByteRange range, EdgeBlock& block, BadLines& bad,
                      Refuse const& refuse) {
  if (edges.weights)
    append_edges_as<true>(edges, range, block, bad, refuse);
  else
    append_edges_as<false>(edges, range, block, bad, refuse);
}

}  // namespace

void append_edges(EdgeText const& edges, data::ByteRange range, EdgeBlock& block, BadLines& bad) {
  append_edges_but(edges, range, block, bad, [](Line const&, char const*, std::uint64_t) { return false; });
}

void append_edges_without(EdgeText const& edges, data::ByteRange range, std::vector<std::uint64_t> const& strangers,
                          std::function<std::string(std::uint64_t)> const& problem, EdgeBlock& block, BadLines& bad) {
  append_edges_but(edges, range, block, bad, [&](Line const& line, char const* start, std::uint64_t offset) {
    for (std::size_t i = 0; i < line.ids.size(); ++i) {
      if (!std::binary_search(strangers.begin(), strangers.end(), line.ids[i])) continue;
      bad.add({edges.file, offset, static_cast<std::uint32_t>(line.at[i] - start + 1), problem(line.ids[i])});
      return true;
    }
    return false;
  });
}

void append_vertices(EdgeText const& vertices, data::ByteRange range, std::vector<std::uint64_t>& ids, BadLines& bad) {
  auto const before = ids.size();
  for_each_line<LineShape{1, false}>(
      vertices, range, [&](Line const& line, char const*, std::uint64_t) { ids.push_back(line.ids[0]); },
      [&](BadLine&& line) { bad.add(std::move(line)); },
      [&](std::uint64_t done, std::uint64_t all) { make_room(ids, before, done, all); });
}

FirstEdge first_edge(EdgeText const& edges) {
  data::LineBlocks blocks(edges.text, {edges.begin, edges.text.size}, std::size_t{64} << 10);
  while (blocks.next()) {
    char const* const begin = blocks.block().data();
    char const* const end = begin + blocks.block().size();
    for (char const* p = begin; p < end; p = next_line(p, end)) {
      auto const offset = blocks.offset() + static_cast<std::uint64_t>(p - begin);
      int columns = 0;
      skip_blanks(p);
      if (holds_nothing(p, end)) continue;
      for (; p < end && *p != '\n'; ++columns) {
        (void)take_column(p, end);
        skip_separator(p);
      }
      if (columns >= 2) return {columns, offset};
    }
  }
  return {};
}

BadData error_at_id(EdgeText const& list, int columns, std::uint64_t id, int count, std::string problem) {
  std::optional<BadLine> found;
  auto const look = [&](Line const& line, char const* start, std::uint64_t offset) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(columns); ++i)
      if (line.ids[i] == id && --count == 0)
        found = BadLine{list.file, offset, static_cast<std::uint32_t>(line.at[i] - start + 1), ""};
  };
  auto const pass = [](BadLine const&) {};
  auto const nothing = [](std::uint64_t, std::uint64_t) {};
  data::ByteRange const all{list.begin, list.text.size};
  if (columns == 1)
    for_each_line<LineShape{1, false}>(list, all, look, pass, nothing);
  else
    for_each_line<LineShape{2, false}>(list, all, look, pass, nothing);
  if (!found) return {list.text.name, 0, 0, -1, std::move(problem)};
  return {list.text.name, data::line_number(list.text, found->offset), found->column, -1, std::move(problem)};
}

}  // namespace pel::graph
