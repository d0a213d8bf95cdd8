// Blocks that are used again, so that steady traffic meets no fresh pages.
#pragma once

#include <cstddef>
#include <mutex>
#include <vector>

#include "base/block.hpp"

namespace pel::base {

// Lends blocks and takes them back. A block that nobody took between two calls of age() is freed at the second. May be
// used by several threads at once.
// Invariant: at most as much is kept as was lent at some time since the last age().
class BlockPool {
 public:
  // A block of at least this size, its contents unspecified. Throws: std::bad_alloc.
  [[nodiscard]] Block take(std::size_t size);
  void give(Block&& block);
  void age();
  // Frees all that is not lent.
  void trim();

 private:
  struct Free {
    Block block;
    bool old;
  };
  std::mutex mutex_;
  std::vector<Free> free_;  // ascending by size
};

}  // namespace pel::base
