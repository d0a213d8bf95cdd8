#include "engine/outgoing.hpp"

#include <cstring>
#include <utility>

namespace pel::engine {

void Outgoing::shape(std::vector<Piece> pieces, std::span<std::uint8_t const> local) {
  clear();
  pieces_ = std::move(pieces);
  local_.clear();
  std::uint64_t local_bytes = 0, remote_bytes = 0;
  for (auto const& piece : pieces_) {
    local_.push_back(local[index(piece.to)]);
    (local_.back() != 0 ? local_bytes : remote_bytes) += piece.bytes;
  }
  local_block_ = pool_->take(local_bytes);
  remote_block_ = pool_->take(remote_bytes);
  starts_.clear();
  auto* next_local = local_block_.data();
  auto* next_remote = remote_block_.data();
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    auto*& next = local_[i] != 0 ? next_local : next_remote;
    starts_.push_back(next);
    next += pieces_[i].bytes;
  }
}

void Outgoing::fill(std::span<std::byte const> packed) {
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    auto const to = bytes(i);
    std::memcpy(to.data(), packed.data(), to.size());
    packed = packed.subspan(to.size());
  }
}

std::uint64_t Outgoing::size() const noexcept {
  std::uint64_t bytes = 0;
  for (auto const& piece : pieces_) bytes += piece.bytes;
  return bytes;
}

void Outgoing::clear() {
  pieces_.clear();
  local_.clear();
  starts_.clear();
  pool_->give(std::move(local_block_));
  pool_->give(std::move(remote_block_));
}

}  // namespace pel::engine
