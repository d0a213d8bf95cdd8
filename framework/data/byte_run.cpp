#include "data/byte_run.hpp"

#include <utility>

#include "store/spill_file.hpp"

namespace pel::data {

ByteRun::ByteRun() noexcept = default;
ByteRun::ByteRun(std::shared_ptr<store::SpillFile> file) noexcept : file_(std::move(file)) {}
ByteRun::ByteRun(ByteRun&& other) noexcept { swap(other); }
ByteRun& ByteRun::operator=(ByteRun&& other) noexcept {
  swap(other);
  return *this;
}

ByteRun::~ByteRun() {
  for (auto const& piece : pieces_) file_->forget(piece.offset, piece.bytes);
}

std::byte* ByteRun::add(std::size_t bytes) {
  auto const before = buffer_.size();
  if (buffer_.capacity() == 0) buffer_.reserve(piece_bytes + piece_bytes / 8);
  buffer_.resize(before + bytes);
  ++count_;
  return buffer_.data() + before;
}

void ByteRun::finish() {
  if (count_ > 0) flush();
  std::vector<std::byte>().swap(buffer_);
}

void ByteRun::read(Piece const& piece, std::vector<std::byte>& bytes) const {
  bytes.resize(piece.bytes);
  file_->read_at(piece.offset, bytes);
}

void ByteRun::show(base::FunctionRef<void(std::byte const*, std::uint64_t)> use) const {
  std::vector<std::byte> bytes;
  for (auto const& piece : pieces_) {
    read(piece, bytes);
    use(std::as_const(bytes).data(), piece.count);
  }
}

void ByteRun::flush() {
  pieces_.push_back({file_->append(buffer_), buffer_.size(), count_});
  buffer_.clear();
  count_ = 0;
}

void ByteRun::swap(ByteRun& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(pieces_, other.pieces_);
  std::swap(buffer_, other.buffer_);
  std::swap(count_, other.count_);
}

}  // namespace pel::data
