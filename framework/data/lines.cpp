#include <algorithm>
#include <optional>
#include <utility>

#include "data/byte_range.hpp"
#include "data/line_blocks.hpp"
#include "data/text_input.hpp"
#include "pel/error.hpp"

namespace pel::data {
namespace {

constexpr std::size_t block_bytes = std::size_t{256} << 10;

}  // namespace

// Goes through the sources that overlap the partition's share, block by block, line by line.
struct Lines::Iterator::Reader {
  Reader(TextInput whole_input, ByteRange its_share) : input(std::move(whole_input)), share(its_share) {}

  // The next block of lines into `rest`; false if there is none.
  bool next_block();
  // The next line, without its end; false if there is none.
  bool next_line(std::string_view& line);

  TextInput input;
  ByteRange share;                 // of the bytes of all sources in a row
  std::size_t source = 0;          // the next to open
  std::uint64_t source_begin = 0;  // its first byte in that row
  std::optional<LineBlocks> blocks;
  std::string_view rest;  // of the block, lines not yet returned
};

bool Lines::Iterator::Reader::next_block() {
  for (;;) {
    if (blocks && blocks->next()) {
      rest = blocks->block();
      return true;
    }
    auto const& sources = input.sources();
    if (source == sources.size() || source_begin >= share.end) return false;
    auto const begin = std::exchange(source_begin, source_begin + sources[source].size);
    auto const& opened = sources[source++];
    if (source_begin <= share.begin) continue;
    blocks.emplace(opened, ByteRange{std::max(share.begin, begin) - begin, share.end - begin}, block_bytes);
  }
}

bool Lines::Iterator::Reader::next_line(std::string_view& line) {
  if (rest.empty() && !next_block()) return false;
  line = take_line(rest);
  if (auto const& opened = input.sources()[source - 1]; line.size() > opened.max_line)
    throw too_long(opened, blocks->offset() + static_cast<std::uint64_t>(line.data() - blocks->block().data()));
  return true;
}

Lines::Lines(TextInput input, Partition part) : input_(std::move(input)), part_(part) {}

Lines::Iterator Lines::begin() const {
  Iterator iterator;
  iterator.reader_ = std::make_shared<Iterator::Reader>(input_, share_of(input_.size(), part_.index(), part_.count));
  iterator.next();
  return iterator;
}

void Lines::Iterator::next() { at_end_ = !reader_->next_line(line_); }

}  // namespace pel::data
