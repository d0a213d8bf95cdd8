#include "graph/edge_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string_view>

#include "data/line_blocks.hpp"
#include "graph/digits.hpp"

namespace pel::graph {
namespace {

constexpr std::size_t block_bytes = std::size_t{4} << 20;

constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\r'; }

// What one line holds, and where its columns stand.
template <std::size_t columns>
struct Line {
  enum class Kind { values, nothing, bad };
  Kind kind = Kind::nothing;
  std::array<std::uint64_t, columns> values{};
  std::array<char const*, columns> at{};  // of a bad line: up to the bad column, the rest is null
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

char const* next_line(char const* p, char const* end) {
  auto const n = std::string_view(p, static_cast<std::size_t>(end - p)).find('\n');
  return n == std::string_view::npos ? end : p + n + 1;
}

// Reads the line at p, and moves p to the next one. Requires: p < end, and the guarantees of LineBlocks: no loop below
// passes a newline or the NUL behind a last line that has none.
template <std::size_t columns>
inline Line<columns> read_line(char const*& p, char const* end) {
  Line<columns> line;
  while (is_blank(*p)) ++p;
  if (p == end || *p == '\n' || *p == '#' || *p == '%') {
    p = next_line(p, end);
    return line;
  }
  line.kind = Line<columns>::Kind::values;
  for (std::size_t i = 0; i < columns; ++i) {
    if (i > 0) {
      while (is_blank(*p)) ++p;
      if (*p == ',') ++p;
      while (is_blank(*p)) ++p;
    }
    line.at[i] = p;
    bool const number = read_number(p, end, line.values[i]);
    if (!number || !(is_blank(*p) || *p == '\n' || *p == ',' || p == end)) [[unlikely]] {
      line.kind = Line<columns>::Kind::bad;
      break;
    }
  }
  p = p < end && *p == '\n' ? p + 1 : next_line(p, end);
  return line;
}

// The column as a message shows it: up to its end, not too long, without bytes that a terminal would act on.
std::string shown(std::string_view column) {
  constexpr std::size_t most = 40;
  constexpr std::string_view hex = "0123456789abcdef";
  std::string text = "\"";
  for (char const c : column.substr(0, most)) {
    auto const byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7F)
      text += c;
    else
      (text += "\\x").append({hex[byte >> 4], hex[byte & 15]});
  }
  return text + (column.size() > most ? "...\"" : "\"");
}

std::string problem_of(std::string_view column, bool target) {
  if (column.empty())
    return target ? "the line ends here: expected a second vertex number" : "expected a vertex number";
  auto const digits = column.substr(column.front() == '-' ? 1 : 0);
  bool const number = !digits.empty() && digits.find_first_not_of("0123456789") == std::string_view::npos;
  if (number && column.front() == '-') return shown(column) + ": a vertex number is not negative";
  if (number) return shown(column) + ": a vertex number is at most " + std::to_string(largest_id);
  return shown(column) + ": expected a vertex number";
}

// The error at `where` in the line at `line`, which is `offset` bytes into the text.
BadData error_at(data::TextSource const& text, char const* line, char const* where, std::uint64_t offset,
                 std::string problem) {
  return {text.name, data::line_number(text, offset), where - line + 1, -1, std::move(problem)};
}

// Without a count of further bad lines: it would be that of a share, and differ by the number of ranks.
template <std::size_t columns>
[[noreturn, gnu::cold, gnu::noinline]] void refuse_line(data::TextSource const& text, Line<columns> const& line,
                                                        char const* start, char const* end, std::uint64_t offset) {
  std::size_t bad = columns - 1;
  while (bad > 0 && line.at[bad] == nullptr) --bad;
  std::string_view column(line.at[bad], static_cast<std::size_t>(end - line.at[bad]));
  column = column.substr(0, column.find_first_of(" \t\r\n,", column.starts_with(',') ? 1 : 0));
  throw error_at(text, start, line.at[bad], offset, problem_of(column, bad > 0));
}

// Calls sink(line, its first byte, its offset in the text) for each line that holds values. After each block,
// after(bytes done, bytes of the range) is called. Throws: BadData for the first line that is wrong.
template <std::size_t columns, class Sink, class After>
void for_each_line(data::TextSource const& text, data::ByteRange range, Sink&& sink, After&& after) {
  using Kind = typename Line<columns>::Kind;
  data::LineBlocks blocks(text, range, block_bytes);
  while (blocks.next()) {
    char const* const begin = blocks.block().data();
    char const* const end = begin + blocks.block().size();
    for (char const* p = begin; p < end;) {
      char const* const start = p;
      auto const line = read_line<columns>(p, end);
      auto const offset = blocks.offset() + static_cast<std::uint64_t>(start - begin);
      if (line.kind == Kind::values)
        sink(line, start, offset);
      else if (line.kind == Kind::bad)
        refuse_line(text, line, start, p, offset);
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

}  // namespace

void append_edges(data::TextSource const& text, data::ByteRange range,
                  std::vector<std::pair<std::uint64_t, std::uint64_t>>& edges) {
  auto const before = edges.size();
  for_each_line<2>(
      text, range,
      [&](Line<2> const& line, char const*, std::uint64_t) { edges.emplace_back(line.values[0], line.values[1]); },
      [&](std::uint64_t done, std::uint64_t all) { make_room(edges, before, done, all); });
}

void append_vertices(data::TextSource const& text, data::ByteRange range, std::vector<std::uint64_t>& vertices) {
  auto const before = vertices.size();
  for_each_line<1>(
      text, range, [&](Line<1> const& line, char const*, std::uint64_t) { vertices.push_back(line.values[0]); },
      [&](std::uint64_t done, std::uint64_t all) { make_room(vertices, before, done, all); });
}

BadData unknown_vertex_in(data::TextSource const& edges, std::string const& vertices, std::uint64_t id) {
  auto const problem = "\"" + std::to_string(id) + "\": " + vertices + " has no such vertex";
  std::optional<BadData> found;
  for_each_line<2>(
      edges, {0, edges.size},
      [&](Line<2> const& line, char const* start, std::uint64_t offset) {
        for (std::size_t i = 0; i < 2; ++i)
          if (!found && line.values[i] == id) found = error_at(edges, start, line.at[i], offset, problem);
      },
      [](std::uint64_t, std::uint64_t) {});
  return found ? *found : BadData(edges.name, 0, 0, -1, problem);
}

}  // namespace pel::graph
