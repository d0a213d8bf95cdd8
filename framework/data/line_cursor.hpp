// The lines of a source one by one, from any offset on to its end: for formats whose records are several lines.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "data/line_blocks.hpp"
#include "data/text_input.hpp"

namespace pel::data {

// At no line until next() is called. Example: "aa\nb\ncc\n" from offset 1: "b" at offset 3, then "cc" at 5.
class LineCursor {
 public:
  LineCursor(TextSource const& source, std::uint64_t from);

  // Moves to the next line that starts at or behind `from`; false if there is none, offset() is the source's size then.
  // Throws: as LineBlocks.
  [[nodiscard]] bool next();
  [[nodiscard]] std::string_view text() const noexcept { return line_; }  // without its end, until next() is called
  [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }
  // Refuses the line. `column`: in bytes, from 1. Throws: BadData.
  [[noreturn]] void refuse(std::size_t column, std::string const& problem) const;

 private:
  TextSource const& source_;
  LineBlocks blocks_;
  std::string_view rest_, line_;
  std::uint64_t offset_ = 0;
  bool over_ = false;
};

}  // namespace pel::data
