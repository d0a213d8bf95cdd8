#include "base/block_pool.hpp"

#include <algorithm>
#include <iterator>

namespace pel::base {
namespace {
constexpr std::size_t worth_keeping = std::size_t{1} << 16U;
constexpr std::size_t step = std::size_t{1} << 16U;  // sizes are rounded up, so that blocks fit again
}  // namespace

Block BlockPool::take(std::size_t size) {
  if (size < worth_keeping) return Block(size);
  std::lock_guard const lock(mutex_);
  auto const fits = std::lower_bound(free_.begin(), free_.end(), size,
                                     [](Free const& free, std::size_t n) { return free.block.size() < n; });
  if (fits == free_.end() || fits->block.size() > size + size / 4 + step) return Block((size + step - 1) / step * step);
  Block found = std::move(fits->block);
  free_.erase(fits);
  return found;
}

void BlockPool::give(Block&& block) {
  if (block.size() < worth_keeping) return block.reset();
  std::lock_guard const lock(mutex_);
  auto const at = std::lower_bound(free_.begin(), free_.end(), block.size(),
                                   [](Free const& free, std::size_t n) { return free.block.size() < n; });
  free_.insert(at, {std::move(block), false});
}

void BlockPool::age() {
  std::lock_guard const lock(mutex_);
  std::erase_if(free_, [](Free const& free) { return free.old; });
  for (auto& free : free_) free.old = true;
}

void BlockPool::trim() {
  std::lock_guard const lock(mutex_);
  free_.clear();
}

}  // namespace pel::base
