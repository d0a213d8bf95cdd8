// Who owns a vertex: its partition by the hash of its id, and that partition's rank.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/distribution.hpp"
#include "engine/placement.hpp"

namespace pel::graph {

class OwnerTable {
 public:
  OwnerTable(engine::Placement placement, int rank)
      : owners_(placement.partitions()), placement_(std::move(placement)), mine_(placement_.partitions_of(rank)) {
    slot_of_.assign(placement_.partitions(), elsewhere);
    for (std::size_t slot = 0; slot < mine_.size(); ++slot)
      slot_of_[index(mine_[slot])] = static_cast<std::uint32_t>(slot);
  }

  static constexpr std::uint32_t elsewhere = ~std::uint32_t{0};

  [[nodiscard]] engine::Placement const& placement() const noexcept { return placement_; }
  [[nodiscard]] std::vector<PartitionId> const& mine() const noexcept { return mine_; }  // ascending
  [[nodiscard]] PartitionId partition_of(std::uint64_t id) const noexcept { return owners_.owner(id); }
  [[nodiscard]] std::size_t rank_of(std::uint64_t id) const noexcept {
    return static_cast<std::size_t>(placement_.rank_of(partition_of(id)));
  }
  // The place of the id's partition among those of this rank, or elsewhere.
  [[nodiscard]] std::uint32_t slot_of(std::uint64_t id) const noexcept { return slot_of_[index(partition_of(id))]; }
  [[nodiscard]] std::uint32_t slot_of(PartitionId p) const noexcept { return slot_of_[index(p)]; }

 private:
  Hashed owners_;
  engine::Placement placement_;
  std::vector<PartitionId> mine_;
  std::vector<std::uint32_t> slot_of_;  // by partition
};

}  // namespace pel::graph
