#include "engine/placement.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using pel::partition_id;
using pel::PartitionId;
using pel::engine::Placement;

namespace {

std::vector<PartitionId> ids(std::vector<std::size_t> const& numbers) {
  std::vector<PartitionId> made;
  made.reserve(numbers.size());
  for (auto const n : numbers) made.push_back(partition_id(n));
  return made;
}

}  // namespace

TEST_CASE("eight partitions on three ranks are 3, 3 and 2") {
  auto const placement = Placement::contiguous(8, 3);

  CHECK(placement.partitions_of(0) == ids({0, 1, 2}));
  CHECK(placement.partitions_of(1) == ids({3, 4, 5}));
  CHECK(placement.partitions_of(2) == ids({6, 7}));
}

TEST_CASE("contiguous placement gives every rank a run of about P / ranks partitions") {
  for (std::uint32_t partitions = 1; partitions <= 70; ++partitions)
    for (int ranks = 1; ranks <= static_cast<int>(partitions); ++ranks) {
      auto const placement = Placement::contiguous(partitions, ranks);
      std::size_t next = 0;
      bool right = placement.partitions() == partitions && placement.ranks() == ranks;
      for (int rank = 0; rank < ranks; ++rank) {
        auto const mine = placement.partitions_of(rank);
        auto const even = partitions / static_cast<std::uint32_t>(ranks);
        right = right && (mine.size() == even || mine.size() == even + 1);
        for (auto const p : mine) right = right && p == partition_id(next++) && placement.rank_of(p) == rank;
      }
      CAPTURE(partitions);
      CAPTURE(ranks);
      CHECK(right);
      CHECK(next == partitions);
    }
}

TEST_CASE("contiguous placement does not overflow for many partitions and ranks") {
  auto const placement = Placement::contiguous(1U << 22U, 100'000);

  CHECK(placement.rank_of(partition_id(0)) == 0);
  CHECK(placement.rank_of(partition_id((1U << 22U) - 1)) == 99'999);
}

TEST_CASE("any table of ranks is a placement, and a rank's partitions ascend") {
  Placement const placement({2, 0, 2, 1, 0}, 4);

  CHECK(placement.partitions() == 5);
  CHECK(placement.partitions_of(0) == ids({1, 4}));
  CHECK(placement.partitions_of(1) == ids({3}));
  CHECK(placement.partitions_of(2) == ids({0, 2}));
  CHECK(placement.partitions_of(3).empty());
  CHECK(placement.rank_of(partition_id(2)) == 2);
}
