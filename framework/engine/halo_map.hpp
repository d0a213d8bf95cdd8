// Names entries of partitions in a way that holds on any rank count, and plans their halo.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/placement.hpp"
#include "engine/shared_field.hpp"
#include "engine/world.hpp"
#include "pel/partition.hpp"

namespace pel::engine {

// A number of entries of a rank as 32 bits. Throws: ConfigError, saying what to do, if there are too many.
[[nodiscard]] std::uint32_t checked_entries(std::uint64_t n);

// Entry `index` of a partition's own ones.
struct HaloEntry {
  PartitionId partition{};
  std::uint32_t index = 0;
  friend auto operator<=>(HaloEntry const&, HaloEntry const&) = default;
};

// Which entries this rank owns and which of others it reads, and where in [owned | mirrors] each lies.
class HaloMap {
 public:
  // `sizes[slot]`: entries of this rank's partitions. `wanted`: the entries its partitions read, in any order, each any
  // number of times, own ones or not.
  // Collective: all ranks, main thread. Throws: InternalError for an entry that does not exist; MpiError.
  // Cost: h = 4 bytes a partition, 4 bytes a mirror; l = 1 collective and 1 exchange.
  // Example: 4 partitions of 2 entries each on 2 ranks, a ring in which each reads the entry before and after its own:
  // rank 0 owns positions 0 to 3 and mirrors (3, 1) and (2, 0) as positions 5 and 4 (ordered by owner).
  [[nodiscard]] static HaloMap make(World& world, Placement const& placement, std::vector<std::uint32_t> const& sizes,
                                    std::vector<HaloEntry> wanted);

  [[nodiscard]] std::shared_ptr<HaloLayout const> const& layout() const noexcept { return layout_; }

  // Where an entry lies. Requires: this rank owns it or wanted it. Cost: O(1) for own ones, else O(log mirrors).
  [[nodiscard]] std::uint32_t position(HaloEntry entry) const;

 private:
  HaloMap() = default;
  std::shared_ptr<HaloLayout const> layout_;
  std::vector<std::uint32_t> own_first_;     // by partition: position of its first entry here; absent if not ours
  std::vector<HaloEntry> mirrors_;           // ordered by (owner, entry)
  std::vector<std::uint32_t> mirror_first_;  // by partition: where its entries start among mirrors_
  std::vector<std::uint32_t> mirror_last_;
  static constexpr std::uint32_t absent = ~std::uint32_t{0};
};

}  // namespace pel::engine
