// What a partition's write() gives: columns, each a slice of one dataset over all partitions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "base/element_type.hpp"

namespace pel::engine {

// One partition's slice of a column. Numbers: rows x row_shape elements in `bytes`. Text: row r is
// bytes[ends[r - 1] … ends[r]).
struct Column {
  std::string name;
  bool text = false;
  base::ElementType type = base::ElementType::u8;
  std::vector<std::uint64_t> row_shape;
  std::uint64_t rows = 0;
  std::vector<std::byte> bytes;
  std::vector<std::uint64_t> ends;

  [[nodiscard]] std::string_view text_of(std::uint64_t row) const;
  // Row r becomes what row order[r] was. Requires: a permutation of 0 … rows - 1.
  void reorder(std::span<std::uint32_t const> order);
  // Bytes of the longest text, 0 for numbers.
  [[nodiscard]] std::uint64_t longest_text() const;
};

class ResultColumns {
 public:
  // Throws: std::invalid_argument for a name that is already there.
  void add(Column column);
  [[nodiscard]] std::vector<Column> const& columns() const noexcept { return columns_; }

  // XXH3-128 over names, types, shapes, sizes and values: equal for equal bits, whatever ranks and threads.
  [[nodiscard]] base::Digest digest() const;
  // The same over names and types alone: equal in all partitions of a job.
  [[nodiscard]] base::Digest layout_digest() const;

  // A line a row, values separated by a blank, numbers in the shortest form that reads back to the same bits.
  // Throws: std::invalid_argument if the columns differ in rows.
  [[nodiscard]] std::string text() const;

 private:
  std::vector<Column> columns_;
};

}  // namespace pel::engine
