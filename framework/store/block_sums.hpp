// The checksums of a part's payload: one for each block of each slice, cut from the slice's own start, so that who
// reads a slice checks just what it reads.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace pel::store {

constexpr std::size_t block_bytes = std::size_t{4} << 20U;

// How many blocks a slice of that many bytes has. Example: 4 MiB have 1, 4 MiB + 1 byte have 2, 0 bytes have none.
[[nodiscard]] constexpr std::uint64_t blocks_in(std::uint64_t bytes) noexcept {
  return (bytes + block_bytes - 1) / block_bytes;
}

// Computes sums on as many threads as come to help.
class BlockSums {
 public:
  // Of these slices, in this order.
  explicit BlockSums(std::vector<std::span<std::byte const>> const& slices);

  // Takes blocks, each once among all threads in here, until none is left to take.
  void help() noexcept;
  // Helps, then waits for the blocks that others have taken.
  void finish() noexcept;
  // Of one block at once; cheap if it has been computed.
  [[nodiscard]] std::uint64_t sum(std::size_t block) noexcept;

  // Row in sums() of a slice's first block.
  [[nodiscard]] std::uint64_t first_block(std::size_t slice) const { return first_[slice]; }
  // XXH3-64 of each block. Requires: finish() has returned.
  [[nodiscard]] std::vector<std::uint64_t> const& sums() const noexcept { return sums_; }

 private:
  void compute(std::size_t block) noexcept;

  std::vector<std::span<std::byte const>> blocks_;
  std::vector<std::uint64_t> first_, sums_;
  std::vector<std::atomic<bool>> known_;
  std::atomic<std::size_t> next_{0}, done_{0};
};

}  // namespace pel::store
