// Kept elements, one by one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "data/kept.hpp"

namespace pel::data {

// Where a reader of kept elements is, that asks for the next one instead of being shown all.
template <class T>
class KeptCursor {
 public:
  // Requires: finished, and lives as long as this.
  explicit KeptCursor(Kept<T> const& kept) : kept_(kept) {}

  // The next element; valid until the next call. Requires: there is one. Throws: SystemError.
  [[nodiscard]] ViewOf<T> take() {
    auto const& run = kept_.run_.bytes();
    if (left_ == 0 && piece_ < run.pieces().size()) {
      auto const& piece = run.pieces()[piece_++];
      run.read(piece, bytes_);
      at_ = bytes_.data();
      left_ = piece.count;
    }
    if (left_ == 0) return kept_.column_[in_memory_++];
    --left_;
    return unpack<T>(at_);
  }

 private:
  Kept<T> const& kept_;
  std::vector<std::byte> bytes_;  // of a piece of what is on disk
  std::byte const* at_ = nullptr;
  std::uint64_t left_ = 0;  // elements of the piece
  std::size_t piece_ = 0, in_memory_ = 0;
};

}  // namespace pel::data
