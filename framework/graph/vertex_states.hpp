// What a rank knows of each vertex it has met, by its number, while a graph is loaded.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace pel::graph {

// A number's state is one of: unseen; wanted (a neighbour, nothing else known); a value, below `wanted`, whose meaning
// changes as the load goes on: of an own vertex first its place in its partition, of all in the end its slot.
class VertexStates {
 public:
  static constexpr std::uint32_t unseen = ~std::uint32_t{0};
  static constexpr std::uint32_t wanted = unseen - 1;

  explicit VertexStates(std::size_t space) : states_(space, unseen) {}

  [[nodiscard]] std::size_t space() const noexcept { return states_.size(); }
  [[nodiscard]] std::uint32_t operator[](std::size_t number) const noexcept { return states_[number]; }
  [[nodiscard]] std::uint32_t& operator[](std::size_t number) noexcept { return states_[number]; }
  // May be called by several threads for the same number at once, while none gives it a value.
  void want(std::uint32_t number) noexcept {
    std::atomic_ref<std::uint32_t> const state(states_[number]);
    if (state.load(std::memory_order_relaxed) == unseen) state.store(wanted, std::memory_order_relaxed);
  }

 private:
  std::vector<std::uint32_t> states_;
};

}  // namespace pel::graph
