#include "data/placed_lines.hpp"

#include <algorithm>
#include <utility>

#include "data/byte_range.hpp"
#include "data/file.hpp"
#include "data/line_blocks.hpp"
#include "pel/error.hpp"

namespace pel::data {
namespace {

void lines_of(TextSource const& source, ByteRange range, base::FunctionRef<void(PlacedLine const&)> line,
              base::FunctionRef<void()> end_of_block) {
  LineBlocks blocks(source, range, read_bytes);
  bool first = range.begin == 0;
  while (blocks.next()) {
    auto const block = blocks.block();
    for (auto rest = block; !rest.empty();) {
      auto const offset = blocks.offset() + static_cast<std::uint64_t>(rest.data() - block.data());
      PlacedLine const placed{source, take_line(rest), offset, std::exchange(first, false)};
      if (placed.text.size() > source.max_line) throw too_long(source, offset);
      line(placed);
    }
    end_of_block();
  }
}

}  // namespace

BadData PlacedLine::refused(std::size_t column, std::string const& problem) const {
  return {source.name, line_number(source, offset), static_cast<std::int64_t>(column), -1, problem};
}

void for_each_line(TextInput const& input, Partition part, base::FunctionRef<void(PlacedLine const&)> line,
                   base::FunctionRef<void()> end_of_block) {
  auto const share = share_of(input.size(), part.index(), part.count);
  std::uint64_t begin = 0;
  for (auto const& source : input.sources()) {
    auto const end = begin + source.size;
    if (end > share.begin && begin < share.end)
      lines_of(source, {std::max(share.begin, begin) - begin, share.end - begin}, line, end_of_block);
    begin = end;
  }
}

}  // namespace pel::data
