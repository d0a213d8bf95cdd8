#include "store/block_sums.hpp"

#include <algorithm>
#include <numeric>
#include <thread>

#include "base/digest.hpp"

namespace pel::store {
namespace {

std::size_t count(std::vector<std::span<std::byte const>> const& slices) {
  return std::accumulate(slices.begin(), slices.end(), std::size_t{0},
                         [](std::size_t sum, auto const& slice) { return sum + blocks_in(slice.size()); });
}

}  // namespace

BlockSums::BlockSums(std::vector<std::span<std::byte const>> const& slices)
    : sums_(count(slices)), known_(sums_.size()) {
  for (auto const& slice : slices) {
    first_.push_back(blocks_.size());
    for (std::size_t at = 0; at < slice.size(); at += block_bytes)
      blocks_.push_back(slice.subspan(at, std::min(block_bytes, slice.size() - at)));
  }
}

void BlockSums::compute(std::size_t block) noexcept {
  sums_[block] = base::checksum_of(blocks_[block]);
  known_[block].store(true, std::memory_order_release);
}

std::uint64_t BlockSums::sum(std::size_t block) noexcept {
  return known_[block].load(std::memory_order_acquire) ? sums_[block] : base::checksum_of(blocks_[block]);
}

void BlockSums::help() noexcept {
  for (auto block = next_.fetch_add(1); block < blocks_.size(); block = next_.fetch_add(1)) {
    compute(block);
    done_.fetch_add(1, std::memory_order_release);
  }
}

void BlockSums::finish() noexcept {
  help();
  while (done_.load(std::memory_order_acquire) < blocks_.size()) std::this_thread::yield();
}

}  // namespace pel::store
