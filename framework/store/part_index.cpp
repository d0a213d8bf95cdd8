#include "store/part_index.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <string_view>

#include "store/block_sums.hpp"
#include "store/packed_field.hpp"

namespace pel::store {
namespace {

void require(bool holds, char const* problem) {
  if (!holds) throw std::invalid_argument(std::string("the table of contents ") + problem);
}

template <class Value>
TableBytes table_of(std::vector<Value> const& values) {
  auto const bytes = std::as_bytes(std::span(values));
  return {{bytes.begin(), bytes.end()}, sizeof(Value)};
}

// Texts of one width, padded with zeros.
TableBytes table_of(std::vector<std::string> const& texts) {
  std::size_t width = 1;
  for (auto const& text : texts) width = std::max(width, text.size());
  TableBytes table{std::vector<std::byte>(texts.size() * width), width};
  for (std::size_t i = 0; i < texts.size(); ++i)
    std::ranges::copy(std::as_bytes(std::span(texts[i])), table.bytes.begin() + static_cast<std::ptrdiff_t>(i * width));
  return table;
}

template <class Value>
std::vector<Value> values_of(TableBytes const& table) {
  require(table.bytes.size() % sizeof(Value) == 0, "has half a row");
  std::vector<Value> values(table.bytes.size() / sizeof(Value));
  if (!values.empty()) std::memcpy(values.data(), table.bytes.data(), table.bytes.size());
  return values;
}

std::vector<std::string> texts_of(TableBytes const& table) {
  require(table.row_bytes > 0 && table.bytes.size() % table.row_bytes == 0, "has half a text");
  std::vector<std::string> texts;
  for (std::size_t at = 0; at < table.bytes.size(); at += table.row_bytes) {
    std::string text(table.row_bytes, '\0');
    std::memcpy(text.data(), table.bytes.data() + at, table.row_bytes);
    texts.push_back(text.substr(0, text.find('\0')));
  }
  return texts;
}

std::vector<std::uint64_t> shape_from(std::string_view text) {
  std::vector<std::uint64_t> shape;
  if (text == "-") return shape;
  for (;;) {
    std::uint64_t n = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    require(error == std::errc() && n > 0 && n < (std::uint64_t{1} << 32U), "has a field of unknown shape");
    shape.push_back(n);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.empty()) return shape;
    require(text.front() == 'x', "has a field of unknown shape");
    text.remove_prefix(1);
  }
}

void check(PartIndex const& index) {
  for (auto const& row : index.slices) {
    require(row.field < index.fields.size(), "names an unknown field");
    require(row.file < index.files.size(), "names an unknown file");
    auto const row_bytes = index.fields[row.field].row_bytes();
    require(row_bytes > 0 && row.rows < (std::uint64_t{1} << 60U) / row_bytes, "has a slice beyond all measure");
    auto const blocks = blocks_in(row.rows * row_bytes);
    require(row.first_block <= index.blocks.size() && blocks <= index.blocks.size() - row.first_block,
            "has too few checksums");
  }
  require(std::ranges::is_sorted(index.chunks, {}, &ChunkRow::field), "has chunks in no order");
  for (auto const& chunk : index.chunks) {
    require(chunk.field < index.fields.size(), "names an unknown field");
    require(chunk.rows > 0 && chunk.rows <= most_chunk_rows(index.fields[chunk.field]),
            "has chunks of an unknown size");
  }
}

}  // namespace

std::string to_text(FieldInfo const& field) {
  std::string text = field.opaque ? "boost-binary" : base::name_of(field.type);
  std::string shape;
  for (auto const extent : field.row_shape) shape += (shape.empty() ? "" : "x") + std::to_string(extent);
  return text + " " + (shape.empty() ? "-" : shape) + " " + field.name;
}

FieldInfo field_from(std::string const& text) {
  auto const first = text.find(' ');
  auto const second = first == std::string::npos ? first : text.find(' ', first + 1);
  require(second != std::string::npos, "has a field that is no field");
  auto const type = text.substr(0, first);
  FieldInfo field;
  field.name = text.substr(second + 1);
  field.row_shape = shape_from(std::string_view(text).substr(first + 1, second - first - 1));
  if (type == "boost-binary") {
    field.opaque = true;
    return field;
  }
  for (auto n = 0; n <= static_cast<int>(base::ElementType::boolean); ++n) {
    field.type = static_cast<base::ElementType>(n);
    if (type == base::name_of(field.type)) return field;
  }
  throw std::invalid_argument("the table of contents has a field of the unknown type " + type);
}

Tables PartIndex::encoded() const {
  std::vector<std::string> texts;
  for (auto const& field : fields) texts.push_back(to_text(field));
  return {table_of(partitions), table_of(texts), table_of(files), table_of(slices), table_of(blocks), table_of(chunks)};
}

PartIndex decoded(Tables const& bytes) {
  auto const& of = [&](Table table) -> TableBytes const& { return bytes[static_cast<std::size_t>(table)]; };
  PartIndex index{values_of<PartitionId>(of(Table::partitions)),
                  {},
                  texts_of(of(Table::files)),
                  values_of<SliceRow>(of(Table::slices)),
                  values_of<std::uint64_t>(of(Table::blocks)),
                  values_of<ChunkRow>(of(Table::chunks))};
  for (auto const& text : texts_of(of(Table::fields))) index.fields.push_back(field_from(text));
  check(index);
  return index;
}

}  // namespace pel::store
