// How much there is of a column of a result.
#pragma once

#include <cstdint>
#include <vector>

namespace pel::engine {

// In one partition, or in all. `longest`: bytes of the longest text, 0 of numbers.
struct ColumnExtent {
  std::uint64_t rows = 0, longest = 0, bytes = 0;

  void add(ColumnExtent const& more) noexcept;
};
using ColumnExtents = std::vector<ColumnExtent>;  // by column

}  // namespace pel::engine
