// The rows of one partition as sets: grouped, without repeats, not yet in any order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "graph/arc_buckets.hpp"
#include "graph/array.hpp"
#include "graph/vertex_states.hpp"

namespace pel::graph {

// Finds repeats in one row after the other, in a hash table of the size of the row: short rows stay in the nearest
// cache. For one thread.
class RepeatFilter {
 public:
  // Moves the distinct entries to the front, the lightest of equal ones; how many they are. `weights` may be null.
  std::uint32_t distinct(std::uint32_t* neighbours, double* weights, std::uint32_t n);

 private:
  static constexpr std::uint32_t empty = ~std::uint32_t{0};
  struct Entry {
    std::uint32_t neighbour, place;
  };
  std::vector<Entry> table_;
};

struct GroupedRows {
  std::vector<std::uint64_t> first;   // by place of the vertex in the partition: where its row begins
  std::vector<std::uint32_t> degree;  // beside it: distinct entries
  Array<std::uint32_t> neighbours;    // numbers
  Array<double> weights;              // beside them, or empty
  std::uint64_t repeats = 0;          // left out

  [[nodiscard]] std::uint64_t arcs() const noexcept;
};

// Groups the arcs of the buckets, which are emptied, by row. `states` gives the place of each own vertex.
// Rows that are no own vertices are added to `strangers`, and then there are no rows. Cost: 3 passes over the arcs.
[[nodiscard]] GroupedRows group_rows(std::vector<ArcBucket*> const& buckets, VertexStates const& states,
                                     std::size_t vertices, bool weights, RepeatFilter& filter,
                                     std::vector<std::uint32_t>& strangers);

}  // namespace pel::graph
