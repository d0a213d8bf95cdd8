// Whole lines of one source, block by block: the one place that knows where a byte range is cut.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "data/byte_range.hpp"
#include "data/source_bytes.hpp"
#include "data/text_input.hpp"

namespace pel::data {

// The lines of a source that *start* in a range of its bytes, in blocks of about `block_bytes`. A held text is one
// block (and is not copied); others are read piece by piece. A byte order mark at the start of the source is passed
// over. Invariants: 1. a block is not empty, and the next begins where it ends; 2. it ends with a newline, unless it is
// the source's last; 3. the byte behind it can be read, and is a NUL if it does not end with a newline. Throws:
// MissingInput if the file has vanished; BadData if it became shorter, or for a line too long to be read. Example:
// "aa\nb\ncc\n", range [1, 6): "b\ncc\n", at offset 3.
class LineBlocks {
 public:
  LineBlocks(TextSource const& source, ByteRange range, std::size_t block_bytes);

  // Moves to the next block; false if there is none. The one before must not be used any more.
  [[nodiscard]] bool next();
  [[nodiscard]] std::string_view block() const noexcept { return block_; }
  [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }  // of the block in the source

 private:
  [[nodiscard]] bool next_of_held();
  [[nodiscard]] bool next_of_file();
  [[nodiscard]] std::uint64_t first_line_start();
  [[nodiscard]] std::size_t whole_lines() const;
  void fill();
  void grow();

  TextSource source_;
  ByteRange range_;
  std::string_view block_;
  std::uint64_t offset_ = 0;
  bool begun_ = false;

  // Where it is not held: buffer_[0 .. filled_) are its bytes from start_ on, where a line starts.
  std::optional<SourceBytes> bytes_;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0, filled_ = 0;
  std::uint64_t start_ = 0;
  bool grown_ = false;
};

// Takes the first line from `rest`, without its newline and one carriage return before that. Requires: rest is not
// empty. Example: "a\r\nb" gives "a" and leaves "b", that gives "b".
[[nodiscard]] std::string_view take_line(std::string_view& rest) noexcept;

// The line, counted from 1, of the byte at this offset. Reads all that is before it: for messages only.
[[nodiscard]] std::int64_t line_number(TextSource const& source, std::uint64_t offset);
// How many newlines a range of its bytes has.
[[nodiscard]] std::int64_t line_ends(TextSource const& source, std::uint64_t begin, std::uint64_t end);

}  // namespace pel::data
