// Who owns a key: three ways of dealing keys to partitions. None depends on ranks, threads or machines.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "pel/partition.hpp"

namespace pel {

// The keys 0 … n - 1 in runs: the first n mod P partitions have one key more than the others. Cost: O(1), no overflow
// for any n < 2^64.
// Example: n = 10, P = 4: partitions of 3, 3, 2, 2 keys; first(2) = 6, owner(5) = 1, index_of(5) = 2.
class Block {
 public:
  // Requires: partitions > 0.
  constexpr Block(std::uint64_t n, std::uint32_t partitions) noexcept
      : count_(partitions), size_(n / partitions), longer_(n % partitions) {}

  [[nodiscard]] constexpr std::uint64_t first(PartitionId p) const noexcept {
    auto const i = std::uint64_t{index(p)};
    return i * size_ + std::min(i, longer_);
  }
  [[nodiscard]] constexpr std::uint64_t size(PartitionId p) const noexcept {
    return size_ + (std::uint64_t{index(p)} < longer_ ? 1 : 0);
  }
  // Requires: key < n.
  [[nodiscard]] constexpr PartitionId owner(std::uint64_t key) const noexcept {
    auto const of_longer = (size_ + 1) * longer_;
    if (key < of_longer) return partition_id(key / (size_ + 1));
    return partition_id(longer_ + (key - of_longer) / size_);
  }
  // The position of a key inside its partition.
  [[nodiscard]] constexpr std::uint64_t index_of(std::uint64_t key) const noexcept { return key - first(owner(key)); }
  [[nodiscard]] constexpr std::uint32_t partitions() const noexcept { return count_; }

 private:
  std::uint32_t count_;
  std::uint64_t size_, longer_;
};

// Keys of any hashable type, evenly by their hash.
// Example: Hashed{64}.owner("word") is the same on every machine.
class Hashed {
 public:
  // Requires: partitions > 0.
  constexpr explicit Hashed(std::uint32_t partitions) noexcept : count_(partitions) {}

  template <base::Hashable Key>
  [[nodiscard]] constexpr PartitionId owner(Key const& key) const noexcept {
    return PartitionId{base::scale_down(base::stable_hash(key), count_)};
  }
  [[nodiscard]] constexpr std::uint32_t partitions() const noexcept { return count_; }

 private:
  std::uint32_t count_;
};

// Ordered keys by splitters: partition p owns the keys k with splitter[p - 1] <= k < splitter[p].
// Example: Range<int>{{10, 20}} has 3 partitions; owner(9) = 0, owner(10) = 1, owner(20) = 2.
template <class Key>
class Range {
 public:
  // Requires: splitters ascending (equal ones make empty partitions).
  explicit Range(std::vector<Key> splitters) : splitters_(std::move(splitters)) {}

  [[nodiscard]] PartitionId owner(Key const& key) const {
    auto const at = std::upper_bound(splitters_.begin(), splitters_.end(), key);
    return partition_id(static_cast<std::size_t>(at - splitters_.begin()));
  }
  [[nodiscard]] std::uint32_t partitions() const noexcept { return static_cast<std::uint32_t>(splitters_.size() + 1); }

 private:
  std::vector<Key> splitters_;
};

}  // namespace pel
