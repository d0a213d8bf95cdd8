// Which rank holds which partitions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "pel/partition.hpp"

namespace pel::engine {

// The table of all partitions' ranks, the same on every rank. Nothing else may assume that a rank's partitions are
// neighbours. Cost: 4 bytes a partition.
class Placement {
 public:
  // `rank_of[p]` for each partition. Requires: each rank in 0 … ranks - 1.
  Placement(std::vector<int> rank_of, int ranks);

  // Runs of equal length: partition p goes to rank floor(p ranks / P). Requires: ranks <= partitions.
  // Example: 8 partitions on 3 ranks: 0, 1, 2 | 3, 4, 5 | 6, 7.
  [[nodiscard]] static Placement contiguous(std::uint32_t partitions, int ranks);

  [[nodiscard]] std::uint32_t partitions() const noexcept { return static_cast<std::uint32_t>(rank_of_.size()); }
  [[nodiscard]] int ranks() const noexcept { return ranks_; }
  [[nodiscard]] int rank_of(PartitionId p) const noexcept { return rank_of_[index(p)]; }
  // The partitions of a rank, ascending.
  [[nodiscard]] std::vector<PartitionId> partitions_of(int rank) const;

 private:
  std::vector<int> rank_of_;
  int ranks_;
};

}  // namespace pel::engine
