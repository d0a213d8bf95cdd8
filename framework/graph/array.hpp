// Arrays of a graph: long, filled once by several threads, and given back to the system when they go.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>

#include "base/block.hpp"

namespace pel::graph {

// n values that are not initialised, of a type that needs no construction.
template <class T>
class Array {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Array() = default;
  // Throws: std::bad_alloc.
  explicit Array(std::size_t n) : block_(n * sizeof(T)), size_(n) {}

  [[nodiscard]] T* data() const noexcept { return reinterpret_cast<T*>(block_.data()); }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] T& operator[](std::size_t i) const noexcept { return data()[i]; }
  [[nodiscard]] std::span<T const> part(std::size_t first, std::size_t last) const noexcept {
    return {data() + first, data() + last};
  }

 private:
  base::Block block_;
  std::size_t size_ = 0;
};

}  // namespace pel::graph
