// Ships values of a field of which few may have changed, from owners to mirrors and from mirrors to owners.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/bitmap.hpp"
#include "comm/halo_plan.hpp"
#include "comm/peer_messages.hpp"
#include "comm/sparse_code.hpp"

namespace pel::comm {

// Values lie as [owned | mirrors] of the plan; a bitmap over the same positions says which have changed. Each pair of
// ranks with a stretch exchanges a message, encoded in the cheapest way (sparse_code.hpp); stretches are cut into
// pieces, which are shipped one after the other and so bound the memory of what is encoded.
// Requires: the plan outlives it.
class SparseShipping {
 public:
  static constexpr std::uint64_t usual_piece = std::uint64_t{4} << 20U;  // bytes of values
  SparseShipping(HaloPlan const& plan, std::size_t element_bytes, std::uint64_t piece_bytes = usual_piece);

  // Owned values whose bit is set go to whom they are mirrored; there the value is set, and the bit.
  // Collective: all ranks that made the plan, from the main thread. Throws: MpiError.
  // Cost: w = changed values + owned entries / 64 a neighbour; h = the encoded values; l = 1 message a
  // neighbour and piece, 2 if it has more than a few thousand bytes. Example: a breadth-first search reached 1000 of
  // 100,000 mirrored vertices at level 5: about 1.5 KB, as all have the same value.
  void forward(std::byte* values, base::Bitmap& changed);

  // The reverse: mirrors whose bit is set go to their owner, which takes them: owned positions, ascending, and a value
  // for each; called with a thousand at a time. Collective, throws, costs: as forward().
  using Take = std::function<void(std::span<std::uint32_t const> owned, std::byte const* values)>;
  void backward(std::byte const* values, base::Bitmap const& changed, Take const& take);

 private:
  // A part of the list of a neighbour, or of a stretch.
  struct Piece {
    std::size_t peer = 0;
    int rank = 0;
    std::uint32_t first = 0, count = 0;
  };
  void cut(std::uint32_t round);
  [[nodiscard]] std::span<std::uint32_t const> owned_of(Piece const& piece) const;
  [[nodiscard]] std::uint32_t mirror_of(Piece const& piece) const;
  void encode_owned(Piece const& piece, std::byte const* values, base::Bitmap const& changed,
                    std::vector<std::byte>& bytes) const;
  void encode_mirrors(Piece const& piece, std::byte const* values, base::Bitmap const& changed,
                      std::vector<std::byte>& bytes) const;
  void take_mirrors(Piece const& piece, SparseEntries const& part, std::byte* values, base::Bitmap& changed) const;
  void take_owned(Piece const& piece, SparseEntries const& part, Take const& take);
  [[nodiscard]] std::vector<std::byte>& buffer(std::size_t i);

  HaloPlan const& plan_;
  std::size_t element_bytes_;
  std::uint32_t piece_entries_, rounds_ = 0;
  std::vector<Piece> owned_pieces_, mirror_pieces_;  // of a round
  std::vector<int> ranks_;
  static constexpr std::size_t most_taken = 1000;  // at a time
  std::vector<std::uint32_t> taken_;
  std::vector<std::byte> taken_values_;
  std::vector<std::vector<std::byte>> buffers_;
  PeerMessages messages_;
};

}  // namespace pel::comm
