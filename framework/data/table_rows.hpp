// The rows that a partition has of a dataset of HDF5, made of the pieces of a column.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/element_type.hpp"
#include "base/function_ref.hpp"
#include "data/element.hpp"
#include "data/text_pieces.hpp"
#include "engine/column_extent.hpp"
#include "engine/result_columns.hpp"

namespace pel::engine {
struct ResultDataset;
}

namespace pel::data {

// Some rows of a column: numbers as they lie in memory, or texts, each behind its size (8 bytes).
struct ColumnPiece {
  std::string bytes;
  engine::ColumnExtent extent;
};

// Collects elements of one type into a piece.
template <class T>
class ColumnPieceOf {
 public:
  static_assert(Text<T> || base::Element<T>,
                "pel: a column of a table holds numbers or texts; write_lines writes all else");

  void add(ViewOf<T> const& value) {
    if constexpr (Text<T>)
      add_text(value);
    else
      append(&value, sizeof value);
    ++piece_.extent.rows;
  }
  [[nodiscard]] std::size_t bytes() const noexcept { return piece_.bytes.size(); }
  // What has come since it was taken last.
  [[nodiscard]] ColumnPiece take() { return std::exchange(piece_, {}); }
  // The column without rows.
  [[nodiscard]] static engine::Column heading(char const* name) {
    engine::Column column;
    column.name = name;
    if constexpr (Text<T>)
      column.text = true;
    else
      column.type = base::element_type<T>();
    return column;
  }

 private:
  void add_text(std::string_view text) {
    std::uint64_t const size = text.size();
    append(&size, sizeof size);
    piece_.bytes += text;
    piece_.extent.add({0, size, size});
  }
  void append(void const* from, std::size_t n) { piece_.bytes.append(static_cast<char const*>(from), n); }

  ColumnPiece piece_;
};

// Shows the rows as a file has them: sink(at, bytes), `at` counted in bytes from the first row on. Bytes that are not
// shown are zero. `text_bytes`: of packed texts that stand before these in the file. After finish() of the pieces.
void show_rows(TextPieces const& pieces, engine::ResultDataset const& dataset, std::uint64_t text_bytes,
               base::FunctionRef<void(std::uint64_t at, std::span<std::byte const>)> sink);

}  // namespace pel::data
