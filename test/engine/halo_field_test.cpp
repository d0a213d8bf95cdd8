// HaloMap and HaloField together, on a rod of cells of which each reads its two neighbours.
#include "engine/halo_field.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <vector>

#include "base/distribution.hpp"
#include "engine/halo_map.hpp"
#include "engine/halo_registry.hpp"
#include "engine/placements.hpp"
#include "pel/error.hpp"
#include "support/mpi_test.hpp"

using pel::Block;
using pel::index;
using pel::partition_id;
using pel::PartitionId;
using pel::comm::Communicator;
using pel::engine::HaloEntry;
using pel::engine::HaloField;
using pel::engine::HaloMap;
using pel::engine::Placement;
using pel::engine::World;

namespace {

// Which cells change in a superstep.
struct Rule {
  bool some_stay_silent = false;  // partitions that do not publish
  bool some_cells_rest = false;   // cells that are not set by a partition that publishes

  [[nodiscard]] bool publishes(PartitionId p, int s) const {
    return !some_stay_silent || (index(p) + static_cast<std::size_t>(s)) % 3 != 0;
  }
  [[nodiscard]] bool sets(std::uint64_t cell, int s) const {
    return !some_cells_rest || (cell + static_cast<std::uint64_t>(s)) % 4 < 2;
  }
};

double start_of(std::uint64_t cell) { return 1.0 / (1.0 + static_cast<double>(cell)); }
double next_of(double before, double here, double after) { return 0.25 * before + 0.5 * here + 0.3 * after; }

// The whole rod after some supersteps, in one array.
std::vector<double> rod_plainly(Block const& block, std::uint64_t n, Rule const& rule, int supersteps) {
  std::vector<double> rod;
  for (std::uint64_t cell = 0; cell < n; ++cell) rod.push_back(start_of(cell));
  for (int s = 0; s < supersteps; ++s) {
    auto const old = rod;
    for (std::uint64_t cell = 0; cell < n; ++cell)
      if (rule.publishes(block.owner(cell), s) && rule.sets(cell, s))
        rod[cell] = next_of(cell == 0 ? 0 : old[cell - 1], old[cell], cell + 1 == n ? 0 : old[cell + 1]);
  }
  return rod;
}

// The part of a rod that lies on this rank.
class Rod {
 public:
  Rod(World& world, Placement const& placement, std::uint64_t n)
      : n_(n),
        block_(n, placement.partitions()),
        mine_(placement.partitions_of(world.rank())),
        map_(HaloMap::make(world, placement, sizes(), neighbours())),
        field_(map_.layout(), sizeof(double)) {
    for (auto const p : mine_)
      for (auto cell = block_.first(p); cell < block_.first(p) + block_.size(p); ++cell) {
        auto const start = start_of(cell);
        std::memcpy(field_.front() + position(cell) * sizeof start, &start, sizeof start);
        std::memcpy(field_.back() + position(cell) * sizeof start, &start, sizeof start);
      }
    field_.refresh();
  }

  void superstep(Rule const& rule, int s) {
    std::vector<std::uint8_t> published;
    for (auto const p : mine_) {
      published.push_back(rule.publishes(p, s) ? 1 : 0);
      if (!rule.publishes(p, s)) continue;
      for (auto cell = block_.first(p); cell < block_.first(p) + block_.size(p); ++cell) {
        if (!rule.sets(cell, s)) continue;
        auto const next = next_of(cell == 0 ? 0 : at(cell - 1), at(cell), cell + 1 == n_ ? 0 : at(cell + 1));
        std::memcpy(field_.back() + position(cell) * sizeof(double), &next, sizeof next);
      }
    }
    field_.exchange(published);
  }

  // How many cells that this rank owns or reads are not as they are in the whole rod.
  [[nodiscard]] int wrong_cells(std::vector<double> const& whole) {
    int wrong = 0;
    for (auto const p : mine_) {
      if (block_.size(p) == 0) continue;
      auto const first = block_.first(p), last = first + block_.size(p) - 1;
      for (auto cell = first == 0 ? 0 : first - 1; cell <= std::min(last + 1, n_ - 1); ++cell)
        wrong += at(cell) == whole[cell] ? 0 : 1;
    }
    return wrong;
  }

 private:
  [[nodiscard]] std::vector<std::uint32_t> sizes() const {
    std::vector<std::uint32_t> all;
    for (auto const p : mine_) all.push_back(static_cast<std::uint32_t>(block_.size(p)));
    return all;
  }
  [[nodiscard]] HaloEntry entry(std::uint64_t cell) const {
    return {block_.owner(cell), static_cast<std::uint32_t>(block_.index_of(cell))};
  }
  // A cell beyond each end of each partition, some named twice.
  [[nodiscard]] std::vector<HaloEntry> neighbours() const {
    std::vector<HaloEntry> wanted;
    for (auto const p : mine_) {
      if (block_.size(p) == 0) continue;
      auto const first = block_.first(p), end = first + block_.size(p);
      if (end < n_) wanted.push_back(entry(end));
      if (first > 0) wanted.insert(wanted.end(), 2, entry(first - 1));
    }
    return wanted;
  }
  [[nodiscard]] std::uint32_t position(std::uint64_t cell) const { return map_.position(entry(cell)); }
  [[nodiscard]] double at(std::uint64_t cell) {
    double value = 0;
    std::memcpy(&value, field_.front() + position(cell) * sizeof value, sizeof value);
    return value;
  }

  std::uint64_t n_;
  Block block_;
  std::vector<PartitionId> mine_;
  HaloMap map_;
  HaloField field_;
};

World world_of_one_thread() { return {Communicator::world(), 1, pel::base::Log(), pel::base::Fault("")}; }

void check_rod(std::uint64_t n, std::uint32_t partitions, Rule const& rule = {}) {
  auto world = world_of_one_thread();
  for (auto const& placement : pel::test::placements(partitions, world.ranks())) {
    Rod rod(world, placement, n);
    CAPTURE(n);
    CAPTURE(partitions);
    CHECK(rod.wrong_cells(rod_plainly(Block(n, partitions), n, rule, 0)) == 0);
    for (int s = 0; s < 12; ++s) {
      rod.superstep(rule, s);
      CAPTURE(s);
      CHECK(rod.wrong_cells(rod_plainly(Block(n, partitions), n, rule, s + 1)) == 0);
    }
  }
}

}  // namespace

TEST_CASE("a rod on any ranks and partitions is the rod in one array, bit by bit") {
  check_rod(100, 7);
  check_rod(100, 64);
  check_rod(64, 64);
  check_rod(1000, 5);
}

TEST_CASE("empty partitions are passed over") {
  check_rod(0, 7);
  check_rod(1, 7);
  check_rod(5, 64);
  check_rod(40, 64);
}

TEST_CASE("partitions that do not publish keep their values") {
  check_rod(100, 7, {.some_stay_silent = true});
  check_rod(100, 64, {.some_stay_silent = true});
}

TEST_CASE("entries that are not set keep their values") {
  check_rod(100, 7, {.some_cells_rest = true});
  check_rod(100, 64, {.some_stay_silent = true, .some_cells_rest = true});
}

TEST_CASE("mirrors are ordered by the rank that owns them") {
  auto world = world_of_one_thread();
  if (world.ranks() != 2) return;
  auto const placement = Placement::contiguous(4, 2);
  std::vector<HaloEntry> const rank_0{{partition_id(3), 1}, {partition_id(2), 0}, {partition_id(1), 0}};
  std::vector<HaloEntry> const rank_1{{partition_id(0), 0}, {partition_id(1), 1}};

  auto const map = HaloMap::make(world, placement, {2, 2}, world.rank() == 0 ? rank_0 : rank_1);

  CHECK(map.layout()->plan.owned() == 4);
  CHECK(map.layout()->plan.mirrors() == 2);
  if (world.rank() == 0) {
    CHECK(map.position({partition_id(0), 0}) == 0);
    CHECK(map.position({partition_id(1), 1}) == 3);
    CHECK(map.position({partition_id(2), 0}) == 4);
    CHECK(map.position({partition_id(3), 1}) == 5);
  }
}

TEST_CASE("an entry that does not exist is an error on all ranks") {
  auto world = world_of_one_thread();
  auto const placement = Placement::contiguous(5, world.ranks());
  std::vector<std::uint32_t> const sizes(placement.partitions_of(world.rank()).size(), 3);
  for (auto const& wrong : {HaloEntry{partition_id(2), 3}, HaloEntry{partition_id(5), 0}}) {
    std::vector<HaloEntry> wanted;
    if (world.rank() == world.ranks() - 1) wanted.push_back(wrong);
    CHECK_THROWS_AS(HaloMap::make(world, placement, sizes, wanted), pel::InternalError);
  }
}

TEST_CASE("a halo's name has one layout and one size of values") {
  auto world = world_of_one_thread();
  auto const placement = Placement::contiguous(5, world.ranks());
  std::vector<std::uint32_t> const sizes(placement.partitions_of(world.rank()).size(), 3);
  auto const map = HaloMap::make(world, placement, sizes, {}), other = HaloMap::make(world, placement, sizes, {});
  pel::engine::HaloRegistry registry;

  auto const first = registry.bind<HaloField>("share", map.layout(), std::size_t{8});
  auto const second = registry.bind<HaloField>("height", map.layout(), std::size_t{8});

  CHECK(first.number == 0);
  CHECK(second.number == 1);
  CHECK(registry.bind<HaloField>("share", map.layout(), std::size_t{8}).field == first.field);
  CHECK(registry.fields().size() == 2);
  CHECK_THROWS_AS((void)registry.bind<HaloField>("share", other.layout(), std::size_t{8}), pel::InternalError);
  CHECK_THROWS_AS((void)registry.bind<HaloField>("share", map.layout(), std::size_t{4}), pel::InternalError);
  for (int i = 2; i < 64; ++i)
    CHECK(registry.bind<HaloField>("halo " + std::to_string(i), map.layout(), std::size_t{8}).number == unsigned(i));
  CHECK_THROWS_AS((void)registry.bind<HaloField>("one too many", map.layout(), std::size_t{8}), pel::InternalError);
}
