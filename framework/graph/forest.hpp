// Components that grow together while many threads join them: a union-find over the slots of a rank.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>

namespace pel::graph {

// Trees over 0 … n - 1, each node pointing to a smaller one or, a root, to itself. A tree's root is its least node, in
// whatever order links came and whoever made them: so the roots after all links are the same on any number of threads.
// Lock-free: link(), root() and compress() may be called by any threads at once.
// Invariants: 1. parent(i) <= i; 2. nodes once in one tree stay in one.
// Example: link(4, 2), link(7, 4): root(7) = 2.
class Forest {
 public:
  explicit Forest(std::uint32_t n) : size_(n), parents_(std::make_unique<std::atomic<std::uint32_t>[]>(n)) { reset(); }

  [[nodiscard]] std::uint32_t size() const noexcept { return size_; }

  // Every node alone again. Not while others link.
  void reset() noexcept {
    for (std::uint32_t i = 0; i < size_; ++i) parents_[i].store(i, std::memory_order_relaxed);
  }

  [[nodiscard]] std::uint32_t parent(std::uint32_t i) const noexcept {
    return parents_[i].load(std::memory_order_relaxed);
  }

  // The root of i, as of now: another thread may join it to a smaller one at any time. Shortens the path.
  std::uint32_t root(std::uint32_t i) noexcept {
    for (;;) {
      auto const up = parent(i);
      auto const higher = parent(up);
      if (up == higher) return up;
      parents_[i].store(higher, std::memory_order_relaxed);  // another ancestor, whoever else writes here
      i = higher;
    }
  }

  // Joins the trees of a and b: the smaller root wins. True if they were two.
  bool link(std::uint32_t a, std::uint32_t b) noexcept {
    a = parent(a);
    b = parent(b);
    while (a != b) {
      auto const high = std::max(a, b), low = std::min(a, b);
      auto expected = high;
      if (parents_[high].compare_exchange_strong(expected, low, std::memory_order_relaxed)) return true;
      a = parent(expected);  // high is no root: on from its parent
      b = low;
    }
    return false;
  }

  // Lets the nodes first … last - 1 point to their roots.
  void compress(std::uint32_t first, std::uint32_t last) noexcept {
    for (auto i = first; i < last; ++i) {
      auto const r = root(i);
      if (parent(i) > r) parents_[i].store(r, std::memory_order_relaxed);
    }
  }

 private:
  std::uint32_t size_;
  std::unique_ptr<std::atomic<std::uint32_t>[]> parents_;
};

}  // namespace pel::graph
