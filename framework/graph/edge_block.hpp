// Edges as they stand in an input.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace pel::graph {

struct EdgeBlock {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ends;  // (source, target), as read
  std::vector<double> weights;                                // beside `ends`; empty where they are not wished
};

}  // namespace pel::graph
