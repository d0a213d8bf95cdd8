#include "data/line_blocks.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "pel/error.hpp"

namespace pel::data {
namespace {

constexpr std::size_t completion_bytes = std::size_t{64} << 10;  // read past a range to complete its last line

// The offset behind the first newline of `text`, or npos.
std::size_t behind_newline(std::string_view text) {
  auto const at = text.find('\n');
  return at == std::string_view::npos ? at : at + 1;
}

}  // namespace

LineBlocks::LineBlocks(TextSource const& source, ByteRange range, std::size_t block_bytes)
    : source_(source), range_{range.begin, std::min(range.end, source.size)}, capacity_(block_bytes) {}

bool LineBlocks::next() {
  if (range_.begin >= range_.end) return false;
  return source_.held ? next_of_held() : next_of_file();
}

bool LineBlocks::next_of_held() {
  if (begun_) return false;
  begun_ = true;
  std::string_view const text = *source_.held;
  auto start = range_.begin;
  if (start > 0) {
    auto const skip = behind_newline(text.substr(start - 1));
    start = skip == std::string_view::npos ? text.size() : start - 1 + skip;
    if (start >= range_.end) return false;
  } else if (text.starts_with(byte_order_mark)) {
    start = byte_order_mark.size();
  }
  auto const last_byte = std::max(range_.end - 1, start);
  auto const rest = behind_newline(text.substr(std::min(last_byte, text.size())));
  auto const end = rest == std::string_view::npos ? text.size() : last_byte + rest;
  block_ = text.substr(start, end - start);
  offset_ = start;
  return !block_.empty();
}

bool LineBlocks::next_of_file() {
  if (!begun_) {
    begun_ = true;
    bytes_.emplace(source_);
    start_ = first_line_start();
    if (range_.begin > 0 && start_ >= range_.end) return false;
    // A share smaller than a block needs no more than itself and the end of its last line.
    auto const wanted = range_.end - std::min(start_, range_.end) + completion_bytes;
    capacity_ = static_cast<std::size_t>(std::min<std::uint64_t>(capacity_, wanted));
    buffer_ = std::make_unique_for_overwrite<char[]>(capacity_ + 1);
  } else {
    start_ += block_.size();
    filled_ -= block_.size();
    std::memmove(buffer_.get(), buffer_.get() + block_.size(), filled_);
    if (start_ >= range_.end) return false;
  }
  if (start_ >= source_.size) return false;
  fill();
  auto n = whole_lines();
  for (; n == 0; n = whole_lines()) grow();
  block_ = {buffer_.get(), n};
  offset_ = start_;
  if (grown_ && n > source_.max_line &&
      behind_newline(block_.substr(0, source_.max_line + 2)) == std::string_view::npos)
    throw too_long(source_, start_);
  return true;
}

// Where the first line starts at or behind the range's begin; the source's end if none does.
std::uint64_t LineBlocks::first_line_start() {
  std::array<char, byte_order_mark.size()> first{};
  if (range_.begin == 0) {
    if (source_.size < first.size()) return 0;
    bytes_->read_at(0, first);
    return std::string_view(first.data(), first.size()) == byte_order_mark ? first.size() : 0;
  }
  std::vector<char> piece(4096);
  for (auto at = range_.begin - 1; at < range_.end;) {
    auto const n = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), source_.size - at));
    bytes_->read_at(at, std::span(piece).first(n));
    auto const skip = behind_newline({piece.data(), n});
    if (skip != std::string_view::npos) return at + skip;
    at += n;
    piece.resize(completion_bytes);
  }
  return source_.size;
}

void LineBlocks::fill() {
  auto const n =
      static_cast<std::size_t>(std::min<std::uint64_t>(capacity_ - filled_, source_.size - (start_ + filled_)));
  bytes_->read_at(start_ + filled_, {buffer_.get() + filled_, n});
  filled_ += n;
  buffer_[filled_] = '\0';
}

// How many bytes of the buffer are whole lines that start in the range; 0 if more has to be read to know.
std::size_t LineBlocks::whole_lines() const {
  std::string_view const text(buffer_.get(), filled_);
  bool const at_end = start_ + filled_ == source_.size;
  if (start_ + filled_ < range_.end) {
    auto const last = text.rfind('\n');
    return last == std::string_view::npos ? 0 : last + 1;
  }
  auto const last_byte = static_cast<std::size_t>(std::max(range_.end - 1, start_) - start_);
  auto const rest = behind_newline(text.substr(last_byte));
  if (rest != std::string_view::npos) return last_byte + rest;
  if (at_end) return filled_;
  // The last line is not complete; those before it are.
  auto const last = text.rfind('\n');
  return last == std::string_view::npos ? 0 : last + 1;
}

void LineBlocks::grow() {
  if (filled_ > source_.max_line + 1) throw too_long(source_, start_);
  auto const capacity = std::max(2 * capacity_, 2 * completion_bytes);
  auto larger = std::make_unique_for_overwrite<char[]>(capacity + 1);
  std::memcpy(larger.get(), buffer_.get(), filled_);
  buffer_ = std::move(larger);
  capacity_ = capacity;
  grown_ = true;
  fill();
}

BadData too_long(TextSource const& source, std::uint64_t offset) {
  constexpr std::size_t mebibyte = std::size_t{1} << 20U;
  auto const most = source.max_line % mebibyte == 0 ? std::to_string(source.max_line / mebibyte) + " MiB"
                                                    : std::to_string(source.max_line) + " bytes";
  return {source.name, line_number(source, offset), 1, -1,
          "a line of more than " + most + "; --max-line SIZE allows longer ones, and each is held in memory whole"};
}

std::string_view take_line(std::string_view& rest) noexcept {
  auto const newline = rest.find('\n');
  if (newline == std::string_view::npos) return std::exchange(rest, {});
  auto line = rest.substr(0, newline);
  rest.remove_prefix(newline + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::int64_t line_ends(TextSource const& source, std::uint64_t begin, std::uint64_t end) {
  std::int64_t lines = 0;
  if (source.held) {
    auto const text = std::string_view(*source.held).substr(0, end).substr(std::min(begin, source.size));
    return std::count(text.begin(), text.end(), '\n');
  }
  SourceBytes const bytes(source);
  std::vector<char> piece(std::size_t{1} << 20);
  for (auto at = begin; at < end;) {
    auto const part = std::span(piece).first(static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), end - at)));
    bytes.read_at(at, part);
    lines += std::count(part.begin(), part.end(), '\n');
    at += part.size();
  }
  return lines;
}

std::int64_t line_number(TextSource const& source, std::uint64_t offset) { return 1 + line_ends(source, 0, offset); }

}  // namespace pel::data
