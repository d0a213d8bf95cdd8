// The one small collective of a superstep: every rank learns a few bytes of every other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "comm/communicator.hpp"

namespace pel::comm {

// Gathers a few bytes of each rank on all ranks. It learns how many are usual: while all fit into what the ranks agree
// on, a call is one MPI_Allgather of fixed size; the first call with more takes a second collective and raises the
// size. Invariant: capacity_ is the same on all ranks, as it follows from what all of them were told.
class SmallGather {
 public:
  explicit SmallGather(Communicator communicator);

  // Each rank's bytes, by rank; valid until the next call.
  // Collective: all ranks, from the main thread. Throws: MpiError.
  // Cost: h = sum of the bytes, l = 1 collective (2 when a rank has more than ever before).
  [[nodiscard]] std::vector<std::span<std::byte const>> const& gather(std::span<std::byte const> mine);

 private:
  void gather_rest(std::span<std::byte const> mine, std::vector<std::uint64_t> const& sizes);

  Communicator communicator_;
  std::size_t capacity_ = 248;  // bytes of a rank that travel with the first collective
  std::vector<std::byte> mine_, all_;
  std::vector<std::vector<std::byte>> long_;
  std::vector<std::span<std::byte const>> views_;
};

}  // namespace pel::comm
