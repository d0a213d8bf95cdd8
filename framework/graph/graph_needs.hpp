// What a kernel wants of a graph: only that is built, and kept.
#pragma once

namespace pel {

// The order of the entries of a row; none depends on ranks. g numbers all vertices by (partition, index).
enum class RowOrder {
  by_g,       // for sums: the same order of terms everywhere
  hub_first,  // by (index, partition): vertices of high degree first, for rows that are left early
  by_weight   // by (weight, g)
};

struct GraphNeeds {
  bool in = true, out = false;  // rows of an undirected graph are one and the same
  bool weights = false;         // beside the rows; the input must have them
  bool positions = false;       // places of ids among all ids
  RowOrder order = RowOrder::by_g;
};

}  // namespace pel
