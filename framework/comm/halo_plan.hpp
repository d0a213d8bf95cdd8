// Who sends which values to whom before every superstep: made once, so that the supersteps ship values alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "comm/block_transfer.hpp"
#include "comm/communicator.hpp"

namespace pel::comm {

// The entries a rank wants from another, as positions among that rank's owned entries. Ascending, each once.
struct HaloNeed {
  int owner = 0;
  std::vector<std::uint32_t> entries;
};

// A rank's values of a field lie in one array, [owned | mirrors]; the mirrors of one owner are a stretch of their own,
// in the order of the need. The plan says, for each neighbour, which owned entries it mirrors.
// Invariants: 1. stretches are ordered by owner; 2. what rank a sends to b is what b wants from a, in b's order.
class HaloPlan {
 public:
  // Tells every owner who wants what. `needs` ascend by owner and name no entry of this rank.
  // Collective: all ranks, from the main thread. Throws: MpiError.
  // Cost: h = 4 bytes a mirror, l = 1 unannounced exchange.
  [[nodiscard]] static HaloPlan make(Communicator const& communicator, std::uint32_t owned,
                                     std::vector<HaloNeed> const& needs);

  [[nodiscard]] std::uint32_t owned() const noexcept { return owned_; }
  [[nodiscard]] std::uint32_t mirrors() const noexcept { return mirrors_; }

  // Sends owned values to whom they are mirrored and receives the mirrors, straight into place.
  // `values`: owned() + mirrors() elements of `element_bytes` each.
  // Collective: all ranks that made the plan, from the main thread. Throws: MpiError.
  // Cost: h = element_bytes x max(entries out, mirrors), l = 1 message a neighbour and block; w = a gather of the
  // entries. Example: ranks 0 and 1 own 4 cells each of a rod and want one cell beyond their end: each sends 1 value, 8
  // bytes.
  void ship(std::byte* values, std::size_t element_bytes) const;

  // Values this rank sends in one ship().
  [[nodiscard]] std::uint64_t entries_out() const noexcept;

  // Who mirrors entries of this rank.
  struct Neighbour {
    int rank = 0;
    std::vector<std::uint32_t> entries;  // owned entries it mirrors, ascending: its stretch in order
  };
  // Whose entries this rank mirrors.
  struct Stretch {
    int rank = 0;
    std::uint32_t first = 0, count = 0;  // among the mirrors
    bool run = false;                    // the owner has them side by side
  };
  [[nodiscard]] std::vector<Neighbour> const& neighbours() const noexcept { return neighbours_; }
  [[nodiscard]] std::vector<Stretch> const& stretches() const noexcept { return stretches_; }
  [[nodiscard]] Communicator const& communicator() const noexcept { return communicator_; }

 private:
  explicit HaloPlan(Communicator const& communicator);

  Communicator communicator_;
  mutable BlockTransfer transfer_;
  std::uint32_t owned_ = 0, mirrors_ = 0;
  std::vector<Neighbour> neighbours_;
  std::vector<Stretch> stretches_;
};

}  // namespace pel::comm
