// A partition is the unit of data and state: a job has P of them (64 by default), whatever the number of ranks.
// Includes nothing of PEL's and may be used by every layer.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

namespace pel {

// The number of a partition, 0 to P - 1. A type of its own, so that it is never mixed up with a rank (an int).
enum class PartitionId : std::uint32_t {};

// The number as an index into arrays that have one entry a partition.
[[nodiscard]] constexpr std::size_t index(PartitionId id) noexcept { return static_cast<std::size_t>(id); }

// The partition with this index. Requires: i < 2^32.
[[nodiscard]] constexpr PartitionId partition_id(std::size_t i) noexcept {
  return static_cast<PartitionId>(static_cast<std::uint32_t>(i));
}

// One partition of a job: which it is, and of how many.
// Example: Partition{partition_id(3), 64} is the fourth of 64.
struct Partition {
  PartitionId id{};
  std::uint32_t count = 1;

  [[nodiscard]] constexpr std::size_t index() const noexcept { return pel::index(id); }
  friend constexpr bool operator==(Partition const&, Partition const&) = default;
};

}  // namespace pel
