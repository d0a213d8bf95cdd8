// Rows of elements: how a type lies in a dataset of a file.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "base/element_type.hpp"

namespace pel::base {

// Numbers, and std::array of them, are rows of a shape; all other types are none.
template <class T>
struct Row {
  static constexpr bool typed = false;
};
template <Element T>
struct Row<T> {
  static constexpr bool typed = true;
  static constexpr auto type = element_type<T>();
  static std::vector<std::uint64_t> shape() { return {}; }
};
template <Element T, std::size_t n>
struct Row<std::array<T, n>> {
  static constexpr bool typed = n > 0;
  static constexpr auto type = element_type<T>();
  static std::vector<std::uint64_t> shape() { return {n}; }
};

// A std::vector of rows whose bytes lie one behind the other.
template <class T>
inline constexpr bool is_typed_vector = false;
template <class T>
inline constexpr bool is_typed_vector<std::vector<T>> = Row<T>::typed && !std::is_same_v<T, bool>;

}  // namespace pel::base
