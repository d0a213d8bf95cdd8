#include "engine/result_columns.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace pel::engine {
namespace {

template <class T>
void append_number(std::string& line, std::byte const* at) {
  T value{};
  std::memcpy(&value, at, sizeof value);
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isinf(value)) {  // as LDBC spells it
      line += value < 0 ? "-Infinity" : "Infinity";
      return;
    }
  }
  std::array<char, 32> digits;
  auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  line.append(digits.data(), end);
}

void append_element(std::string& line, base::ElementType type, std::byte const* at) {
  switch (type) {
    case base::ElementType::i8:
      return append_number<std::int8_t>(line, at);
    case base::ElementType::u8:
      return append_number<std::uint8_t>(line, at);
    case base::ElementType::i16:
      return append_number<std::int16_t>(line, at);
    case base::ElementType::u16:
      return append_number<std::uint16_t>(line, at);
    case base::ElementType::i32:
      return append_number<std::int32_t>(line, at);
    case base::ElementType::u32:
      return append_number<std::uint32_t>(line, at);
    case base::ElementType::i64:
      return append_number<std::int64_t>(line, at);
    case base::ElementType::u64:
      return append_number<std::uint64_t>(line, at);
    case base::ElementType::f32:
      return append_number<float>(line, at);
    case base::ElementType::f64:
      return append_number<double>(line, at);
    case base::ElementType::boolean:
      line += std::to_integer<int>(*at) != 0 ? '1' : '0';
  }
}

std::uint64_t elements_of_row(Column const& column) {
  std::uint64_t n = 1;
  for (auto const extent : column.row_shape) n *= extent;
  return n;
}

void append_value(std::string& line, Column const& column, std::uint64_t row) {
  if (column.text) {
    line += column.text_of(row);
    return;
  }
  auto const n = elements_of_row(column);
  auto const size = base::size_of(column.type);
  for (std::uint64_t i = 0; i < n; ++i) {
    if (i > 0) line += ' ';
    append_element(line, column.type, column.bytes.data() + (row * n + i) * size);
  }
}

void add_number(base::DigestStream& stream, std::uint64_t number) { stream.add(std::as_bytes(std::span(&number, 1))); }

void add_layout(base::DigestStream& stream, Column const& column) {
  stream.add_text(column.name);
  add_number(stream, column.text ? 255U : static_cast<std::uint64_t>(column.type));
  add_number(stream, column.row_shape.size());
  for (auto const extent : column.row_shape) add_number(stream, extent);
}

}  // namespace

std::string_view Column::text_of(std::uint64_t row) const {
  auto const first = row == 0 ? 0 : ends[row - 1];
  return {reinterpret_cast<char const*>(bytes.data()) + first, ends[row] - first};
}

void Column::reorder(std::span<std::uint32_t const> order) {
  if (order.size() != rows)
    throw std::invalid_argument("the column " + name + " has " + std::to_string(rows) + " rows, their order " +
                                std::to_string(order.size()));
  std::vector<std::byte> moved;
  moved.reserve(bytes.size());
  std::vector<std::uint64_t> moved_ends;
  auto const width = text ? 0 : base::size_of(type) * elements_of_row(*this);
  for (auto const row : order) {
    auto const first = !text ? row * width : row == 0 ? 0 : ends[row - 1];
    auto const last = text ? ends[row] : first + width;
    moved.insert(moved.end(), bytes.begin() + static_cast<std::ptrdiff_t>(first),
                 bytes.begin() + static_cast<std::ptrdiff_t>(last));
    if (text) moved_ends.push_back(moved.size());
  }
  bytes = std::move(moved);
  ends = std::move(moved_ends);
}

std::uint64_t Column::longest_text() const {
  std::uint64_t most = 0, first = 0;
  for (auto const end : ends) {
    most = std::max(most, end - first);
    first = end;
  }
  return most;
}

void ResultColumns::add(Column column) {
  for (auto const& other : columns_)
    if (other.name == column.name) throw std::invalid_argument("write() gives two columns named " + column.name);
  columns_.push_back(std::move(column));
}

base::Digest ResultColumns::digest() const {
  base::DigestStream stream;
  for (auto const& column : columns_) {
    add_layout(stream, column);
    add_number(stream, column.rows);
    if (column.text) stream.add(std::as_bytes(std::span(column.ends)));
    stream.add(column.bytes);
  }
  return stream.finish();
}

base::Digest ResultColumns::layout_digest() const {
  base::DigestStream stream;
  for (auto const& column : columns_) add_layout(stream, column);
  return stream.finish();
}

std::string ResultColumns::text() const {
  std::string lines;
  auto const rows = columns_.empty() ? 0 : columns_[0].rows;
  for (auto const& column : columns_)
    if (column.rows != rows)
      throw std::invalid_argument("the columns " + columns_[0].name + " and " + column.name + " have " +
                                  std::to_string(rows) + " and " + std::to_string(column.rows) +
                                  " rows: they cannot be one text; write them to an .h5 file");
  for (std::uint64_t row = 0; row < rows; ++row) {
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      if (c > 0) lines += ' ';
      append_value(lines, columns_[c], row);
    }
    lines += '\n';
  }
  return lines;
}

}  // namespace pel::engine
