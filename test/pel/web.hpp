// A web of cells with arcs at random, in blocks: a graph that every rank can compute by itself.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/distribution.hpp"
#include "base/hash.hpp"
#include "engine/halo_map.hpp"
#include "engine/job_core.hpp"
#include "engine/world.hpp"
#include "pel/partition.hpp"

namespace pel::test {

// The cells that cell `cell` of n has arcs to: the next one and three at random, one of these near. Ascending, each
// once, not itself.
[[nodiscard]] inline std::vector<std::uint64_t> targets_of(std::uint64_t cell, std::uint64_t n) {
  std::vector<std::uint64_t> all{(cell + 1) % n, base::mix64(3 * cell) % n, base::mix64(3 * cell + 1) % n,
                                 (cell + base::mix64(cell) % 5) % n};
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  std::erase(all, cell);
  return all;
}

class Web {
 public:
  // Collective: all ranks.
  Web(engine::JobCore& core, std::uint64_t n)
      : n_(n), block_(n, core.partitions()), map_(make(core.world(), core.partitions(), n, block_)) {}

  [[nodiscard]] std::uint64_t cells() const noexcept { return n_; }
  [[nodiscard]] Block const& block() const noexcept { return block_; }
  [[nodiscard]] std::shared_ptr<engine::HaloLayout const> const& layout() const noexcept { return map_.layout(); }
  // The number of a partition among those of its rank.
  [[nodiscard]] std::size_t slot(Partition part) const {
    auto const& mine = layout()->partitions;
    return static_cast<std::size_t>(std::lower_bound(mine.begin(), mine.end(), part.id) - mine.begin());
  }
  // Where the rank has a cell that it owns or that its cells have arcs to.
  [[nodiscard]] std::uint32_t position(std::uint64_t cell) const { return map_.position(entry(block_, cell)); }
  // The targets of a partition's own cells, as slots.
  [[nodiscard]] std::vector<std::vector<std::uint32_t>> rows(Partition part) const {
    std::vector<std::vector<std::uint32_t>> all(block_.size(part.id));
    for (std::uint64_t i = 0; i < all.size(); ++i)
      for (auto const cell : targets_of(block_.first(part.id) + i, n_)) all[i].push_back(position(cell));
    return all;
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
      sizes.push_back(static_cast<std::uint32_t>(block.size(p)));
      for (auto cell = block.first(p); cell < block.first(p) + block.size(p); ++cell)
        for (auto const target : targets_of(cell, n)) wanted.push_back(entry(block, target));
    }
    return engine::HaloMap::make(world, placement, sizes, std::move(wanted));
  }

  std::uint64_t n_;
  Block block_;
  engine::HaloMap map_;
};

}  // namespace pel::test
