// What one partition sends in one superstep, packed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/block.hpp"
#include "base/block_pool.hpp"
#include "engine/step_frame.hpp"
#include "pel/partition.hpp"

namespace pel::engine {

// Messages of one partition, grouped by destination. What stays on the rank and what leaves it lie in two blocks of
// exactly the size needed, as the second is freed when it has been sent and the first is read in the next superstep.
// Used by one thread at a time.
class Outgoing {
 public:
  explicit Outgoing(std::shared_ptr<base::BlockPool> pool = std::make_shared<base::BlockPool>())
      : pool_(std::move(pool)) {}

  // Room for these pieces, ascending by `to`; `local[p]` says whether partition p is on this rank.
  void shape(std::vector<Piece> pieces, std::span<std::uint8_t const> local);

  [[nodiscard]] std::vector<Piece> const& pieces() const noexcept { return pieces_; }
  [[nodiscard]] bool is_local(std::size_t piece) const noexcept { return local_[piece] != 0; }
  // Where the bytes of a piece go, or lie.
  [[nodiscard]] std::span<std::byte> bytes(std::size_t piece) const noexcept {
    return {starts_[piece], pieces_[piece].bytes};
  }
  // Copies what lies packed in `bytes`, piece after piece.
  void fill(std::span<std::byte const> bytes);
  // Bytes of all pieces.
  [[nodiscard]] std::uint64_t size() const noexcept;
  // Gives up the memory that the local pieces lie in.
  [[nodiscard]] base::Block take_local() noexcept { return std::exchange(local_block_, base::Block()); }
  void clear();

 private:
  std::shared_ptr<base::BlockPool> pool_;
  std::vector<Piece> pieces_;
  std::vector<std::uint8_t> local_;
  std::vector<std::byte*> starts_;
  base::Block local_block_, remote_block_;
};

}  // namespace pel::engine
