// Elements on disk, in order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "data/packed.hpp"
#include "store/spill_file.hpp"

namespace pel::data {

// Written once, at its end; read from the beginning, any number of times. In pieces of about 1 MiB; its room on disk is
// given back with it.
template <class T>
class PackedRun {
 public:
  PackedRun() = default;
  explicit PackedRun(std::shared_ptr<store::SpillFile> file) : file_(std::move(file)) {}
  ~PackedRun() {
    for (auto const& piece : pieces_) file_->forget(piece.offset, piece.bytes);
  }
  PackedRun(PackedRun&& other) noexcept { swap(other); }
  PackedRun& operator=(PackedRun&& other) noexcept {
    swap(other);
    return *this;
  }

  [[nodiscard]] explicit operator bool() const noexcept { return file_ != nullptr; }
  // Throws: WriteFailed.
  void add(ViewOf<T> const& element) {
    auto const before = buffer_.size();
    if (buffer_.capacity() == 0) buffer_.reserve(piece_bytes + piece_bytes / 8);
    buffer_.resize(before + packed_size<T>(element));
    (void)pack<T>(element, buffer_.data() + before);
    ++count_;
    if (buffer_.size() >= piece_bytes) flush();
  }
  // Nothing more comes for now. Throws: WriteFailed.
  void finish() {
    if (count_ > 0) flush();
    std::vector<std::byte>().swap(buffer_);
  }
  [[nodiscard]] PackedRun finished() && {
    finish();
    return std::move(*this);
  }
  // After finish(): in order; an element is valid during the call. Throws: SystemError.
  template <class Sink>
  void show(Sink&& sink) const {
    std::vector<std::byte> bytes;
    for (auto const& piece : pieces_) {
      bytes.resize(piece.bytes);
      file_->read_at(piece.offset, bytes);
      auto const* at = bytes.data();
      for (std::uint64_t i = 0; i < piece.count; ++i) sink(unpack<T>(at));
    }
  }

 private:
  static constexpr std::size_t piece_bytes = std::size_t{1} << 20U;
  struct Piece {
    std::uint64_t offset, bytes, count;
  };

  void flush() {
    pieces_.push_back({file_->append(buffer_), buffer_.size(), count_});
    buffer_.clear();
    count_ = 0;
  }
  void swap(PackedRun& other) noexcept {
    std::swap(file_, other.file_);
    std::swap(pieces_, other.pieces_);
    std::swap(buffer_, other.buffer_);
    std::swap(count_, other.count_);
  }

  std::shared_ptr<store::SpillFile> file_;
  std::vector<Piece> pieces_;
  std::vector<std::byte> buffer_;
  std::uint64_t count_ = 0;  // elements in the buffer
};

}  // namespace pel::data
