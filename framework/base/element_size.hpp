// Loops over elements whose size is known when the program runs, compiled for the usual sizes.
#pragma once

#include <cstddef>
#include <type_traits>

namespace pel::base {

// Calls work(size), where size is a constant of the type for 1, 2, 4, 8 and 16: std::memcpy of so many bytes is then
// one instruction.
template <class Work>
void for_element_size(std::size_t bytes, Work const& work) {
  switch (bytes) {
    case 1:
      return work(std::integral_constant<std::size_t, 1>{});
    case 2:
      return work(std::integral_constant<std::size_t, 2>{});
    case 4:
      return work(std::integral_constant<std::size_t, 4>{});
    case 8:
      return work(std::integral_constant<std::size_t, 8>{});
    case 16:
      return work(std::integral_constant<std::size_t, 16>{});
    default:
      return work(bytes);
  }
}

}  // namespace pel::base
