#include "engine/halo_map.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <tuple>
#include <utility>

#include "pel/error.hpp"

namespace pel::engine {
namespace {

// The sizes of all partitions, by partition.
std::vector<std::uint32_t> all_sizes(World& world, std::vector<PartitionId> const& mine,
                                     std::vector<std::uint32_t> const& sizes) {
  Report report;
  report.site = Site::load;
  for (std::size_t slot = 0; slot < mine.size(); ++slot)
    report.contributions.push_back({mine[slot], std::as_bytes(std::span(&sizes[slot], 1))});
  std::vector<std::uint32_t> all;
  for (auto const bytes : world.agreement().agree(report).contributions) {
    all.push_back(0);
    std::memcpy(&all.back(), bytes.data(), sizeof all.back());
  }
  return all;
}

// For each partition, the position of its first entry among those its rank owns.
std::vector<std::uint32_t> firsts(Placement const& placement, std::vector<std::uint32_t> const& sizes) {
  std::vector<std::uint32_t> next(static_cast<std::size_t>(placement.ranks()), 0), first;
  for (std::size_t p = 0; p < sizes.size(); ++p) {
    auto& at = next[static_cast<std::size_t>(placement.rank_of(partition_id(p)))];
    first.push_back(at);
    at += sizes[p];
  }
  return first;
}

}  // namespace

std::uint32_t checked_entries(std::uint64_t n) {
  if (n < ~std::uint32_t{0}) return static_cast<std::uint32_t>(n);
  throw ConfigError("ranks", std::to_string(n) + " entries of a halo on one rank: 2^32 - 2 are the most",
                    "start the job on more ranks");
}

HaloMap HaloMap::make(World& world, Placement const& placement, std::vector<std::uint32_t> const& sizes,
                      std::vector<HaloEntry> wanted) {
  auto const mine = placement.partitions_of(world.rank());
  auto const size_of = all_sizes(world, mine, sizes);
  auto const first_of = firsts(placement, size_of);
  HaloMap map;
  map.own_first_.assign(placement.partitions(), absent);
  std::vector<std::uint32_t> first;
  std::uint32_t owned = 0;
  std::uint64_t owned_entries = 0;
  for (auto const p : mine) {
    owned_entries += size_of[index(p)];
    map.own_first_[index(p)] = owned;
    first.push_back(owned);
    owned += size_of[index(p)];
  }
  first.push_back(owned);

  auto const owner = [&](HaloEntry const& entry) { return placement.rank_of(entry.partition); };
  world.together(Site::load, "halo map", [&] {
    (void)checked_entries(wanted.size() + owned_entries);
    for (auto const& entry : wanted)
      if (index(entry.partition) >= size_of.size() || entry.index >= size_of[index(entry.partition)])
        throw InternalError(__FILE__, __LINE__,
                            "a halo wants entry " + std::to_string(entry.index) + " of partition " +
                                std::to_string(index(entry.partition)) + ", which has none such");
  });
  std::erase_if(wanted, [&](HaloEntry const& entry) { return owner(entry) == world.rank(); });
  std::sort(wanted.begin(), wanted.end(),
            [&](HaloEntry const& a, HaloEntry const& b) { return std::tuple(owner(a), a) < std::tuple(owner(b), b); });
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  map.mirrors_ = std::move(wanted);

  std::vector<comm::HaloNeed> needs;
  map.mirror_first_.assign(placement.partitions(), 0);
  map.mirror_last_.assign(placement.partitions(), 0);
  for (std::size_t i = 0; i < map.mirrors_.size(); ++i) {
    auto const& entry = map.mirrors_[i];
    auto const p = index(entry.partition);
    if (needs.empty() || needs.back().owner != owner(entry)) needs.push_back({owner(entry), {}});
    needs.back().entries.push_back(first_of[p] + entry.index);
    if (i == 0 || map.mirrors_[i - 1].partition != entry.partition)
      map.mirror_first_[p] = static_cast<std::uint32_t>(i);
    map.mirror_last_[p] = static_cast<std::uint32_t>(i + 1);
  }
  world.communicate("halo", [&] {
    map.layout_ = std::make_shared<HaloLayout const>(
        HaloLayout{comm::HaloPlan::make(world.communicator(), owned, needs), mine, std::move(first)});
  });
  return map;
}

std::uint32_t HaloMap::position(HaloEntry entry) const {
  auto const p = index(entry.partition);
  if (own_first_[p] != absent) return own_first_[p] + entry.index;
  auto const first = mirrors_.begin() + mirror_first_[p];
  auto const at = std::lower_bound(first, mirrors_.begin() + mirror_last_[p], entry);
  return layout_->plan.owned() + static_cast<std::uint32_t>(at - mirrors_.begin());
}

}  // namespace pel::engine
