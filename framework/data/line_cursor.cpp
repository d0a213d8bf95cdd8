#include "data/line_cursor.hpp"

#include "data/file.hpp"
#include "pel/error.hpp"

namespace pel::data {
LineCursor::LineCursor(TextSource const& source, std::uint64_t from)
    : source_(source), blocks_(source, {from, source.size}, read_bytes) {}

bool LineCursor::next() {
  if (rest_.empty()) {
    over_ = over_ || !blocks_.next();
    if (over_) {
      line_ = {};
      offset_ = source_.size;
      return false;
    }
    rest_ = blocks_.block();
  }
  offset_ = blocks_.offset() + static_cast<std::uint64_t>(rest_.data() - blocks_.block().data());
  line_ = take_line(rest_);
  if (line_.size() > source_.max_line) throw too_long(source_, offset_);
  return true;
}

void LineCursor::refuse(std::size_t column, std::string const& problem) const {
  throw BadData(source_.name, line_number(source_, offset_), static_cast<std::int64_t>(column), -1, problem);
}

}  // namespace pel::data
