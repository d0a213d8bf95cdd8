#include "engine/placement.hpp"

#include <utility>

namespace pel::engine {

Placement::Placement(std::vector<int> rank_of, int ranks) : rank_of_(std::move(rank_of)), ranks_(ranks) {}

Placement Placement::contiguous(std::uint32_t partitions, int ranks) {
  std::vector<int> rank_of;
  for (std::uint64_t p = 0; p < partitions; ++p)
    rank_of.push_back(static_cast<int>(p * static_cast<std::uint64_t>(ranks) / partitions));
  return {std::move(rank_of), ranks};
}

std::vector<PartitionId> Placement::partitions_of(int rank) const {
  std::vector<PartitionId> mine;
  for (std::size_t p = 0; p < rank_of_.size(); ++p)
    if (rank_of_[p] == rank) mine.push_back(partition_id(p));
  return mine;
}

}  // namespace pel::engine
