// A rod of cells in blocks, of which each reads its two neighbours: the plainest halo there is.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/distribution.hpp"
#include "engine/halo_map.hpp"
#include "engine/job_core.hpp"
#include "engine/world.hpp"
#include "pel/halo.hpp"

namespace pel::test {

class Rod {
 public:
  // Collective: all ranks.
  Rod(engine::JobCore& core, std::uint64_t n)
      : n_(n), block_(n, core.partitions()), map_(make(core.world(), core.partitions(), n, block_)) {}

  [[nodiscard]] std::uint64_t cells() const noexcept { return n_; }
  [[nodiscard]] Block const& block() const noexcept { return block_; }

  template <class T>
  [[nodiscard]] Halo<T> halo(Partition part) const {
    auto const& mine = map_.layout()->partitions;
    auto const at = std::lower_bound(mine.begin(), mine.end(), part.id);
    return Halo<T>(map_.layout(), static_cast<std::size_t>(at - mine.begin()));
  }

  // Cell `cell` as a partition that owns it or its neighbour sees it; beyond the ends a default value.
  template <class T>
  [[nodiscard]] T at(Halo<T> const& halo, std::int64_t cell) const {
    if (cell < 0 || cell >= static_cast<std::int64_t>(n_)) return T{};
    return halo[map_.position(entry(block_, static_cast<std::uint64_t>(cell)))];
  }

 private:
  static engine::HaloEntry entry(Block const& block, std::uint64_t cell) {
    return {block.owner(cell), static_cast<std::uint32_t>(block.index_of(cell))};
  }
  static engine::HaloMap make(engine::World& world, std::uint32_t partitions, std::uint64_t n, Block const& block) {
    auto const placement = engine::Placement::contiguous(partitions, world.ranks());
    std::vector<std::uint32_t> sizes;
    std::vector<engine::HaloEntry> wanted;
    for (auto const p : placement.partitions_of(world.rank())) {
      auto const first = block.first(p), size = block.size(p);
      sizes.push_back(static_cast<std::uint32_t>(size));
      if (size > 0 && first > 0) wanted.push_back(entry(block, first - 1));
      if (size > 0 && first + size < n) wanted.push_back(entry(block, first + size));
    }
    return engine::HaloMap::make(world, placement, sizes, std::move(wanted));
  }

  std::uint64_t n_;
  Block block_;
  engine::HaloMap map_;
};

}  // namespace pel::test
