// Keys that a large part of all elements have.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "data/flow.hpp"

namespace pel::data {

// Into how many parts elements are cut for this: a key that more than one part's worth of them have is hot. No more
// than 64, so that what partitions tell each other stays small.
[[nodiscard]] std::uint32_t hot_parts(std::uint32_t partitions) noexcept;

// The hashes of one partition's keys, of which the frequent ones are kept: the algorithm of Misra and Gries (Finding
// Repeated Elements, 1982), which takes one count from each where the table is full; here it takes as much as empties
// half of the table, as Anderson et al. do (A High-Performance Algorithm for Identifying Frequent Items in Data
// Streams, 2017). Of n hashes it misses no more than n / (4 parts) of any. Cost: w = a probe of a table of 16 parts a
// hash.
class FrequentHashes {
 public:
  explicit FrequentHashes(std::uint32_t parts);

  void add(std::uint64_t hash) {
    ++n_;
    auto at = hash & mask_;
    while (entries_[at].count != 0) {
      if (entries_[at].hash == hash) {
        ++entries_[at].count;
        return;
      }
      at = (at + 1) & mask_;
    }
    entries_[at] = {hash, 1};
    if (++used_ == most_) thin_out();
  }

  // Adds to a contribution: n, and all that have at least n / (8 parts).
  void put(std::vector<std::byte>& bytes) const;

  struct Entry {
    std::uint64_t hash = 0, count = 0;  // 0: none
  };

 private:
  void thin_out();

  std::uint32_t parts_;
  std::size_t most_, mask_ = 0;
  std::size_t used_ = 0;
  std::uint64_t n_ = 0;
  std::vector<Entry> entries_;  // by hash, with linear probing
};

// The hashes of hot keys. Of n elements each key that more than n / parts have is among them, none that fewer than 5/8
// of that have, and none of fewer than `least` elements: those are no load for anybody.
class HotKeys {
 public:
  static constexpr std::uint64_t least = 1000;

  HotKeys() = default;
  // Of what all partitions put.
  HotKeys(Contributions all, std::uint32_t parts);

  [[nodiscard]] std::size_t size() const noexcept { return hashes_.size(); }
  [[nodiscard]] bool empty() const noexcept { return hashes_.empty(); }
  [[nodiscard]] bool contains(std::uint64_t hash) const noexcept {
    return !hashes_.empty() && ((seen_[(hash >> 6U) % seen_.size()] >> (hash % 64)) & 1U) != 0 && is_listed(hash);
  }

 private:
  [[nodiscard]] bool is_listed(std::uint64_t hash) const noexcept;

  std::vector<std::uint64_t> hashes_;     // ascending
  std::array<std::uint64_t, 16> seen_{};  // a bit by the last ten bits of each
};

}  // namespace pel::data
