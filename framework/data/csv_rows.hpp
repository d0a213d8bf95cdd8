// The rows of a file of comma-separated values whose texts may hold line ends.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "data/csv_line.hpp"
#include "data/line_cursor.hpp"
#include "data/text_input.hpp"

namespace pel::data {

// One by one, from the first line on: a row is a line, or several where quotes go over line ends. At no row until
// next() is called.
// Example: "a,b\n1,\"x\ny\"\n" has the rows a,b and 1,"x\ny" at offsets 0 and 4.
class CsvRows {
 public:
  explicit CsvRows(TextSource const& source)
      : line_(source, 0), fields_(csv_separator(source.name)), longest_(source.max_line) {}

  // Moves to the next row; false if there is none. A quote that no line closes ends with the file, or where the row is
  // longer than a line may be. Throws: as LineBlocks.
  [[nodiscard]] bool next();
  // As it lies in the file, without its end; valid until next() is called.
  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }

 private:
  LineCursor line_;
  CsvLine fields_;
  std::size_t longest_;
  std::string joined_;
  std::string_view text_;
  std::uint64_t offset_ = 0;
};

}  // namespace pel::data
