// What is sent to the partition that sorts an element, where that can see it: its head and where it lies.
#pragma once

#include <cstddef>

#include "data/element.hpp"
#include "data/sort_key.hpp"

namespace pel::data {

struct SortReference {
  KeyHead head;
  std::byte const* place;
};

// The head must be all of the key: what lies in a file may be changed by others, and an order may not.
template <class T, class K>
inline constexpr bool worth_referring = Plain<T> && sizeof(T) >= 2 * sizeof(SortReference) && SortKey<K>::head_is_all;

}  // namespace pel::data
