// The columns of a graph cache. Version 2:
//   key         text: "pel-graph-2 DIGEST directed|undirected PARTITIONS weighted|plain"
//   notes       text: see cache_notes.hpp
//   found       edges, loops, repeats, as the load counted them
//   sizes       of each partition: its vertices
//   sums        of each partition five: of its slices of id and degree; of in_end and in_neighbour, of in_weight; the
//               same of out; each the XXH3-64 of the XXH3-64 of each slice that is not empty
//   id, degree  of each vertex in the order of g: its id; its out-degree
//   in_end, in_neighbour, in_weight     of each vertex the end of its row in the two others, which hold g and weights,
//   out_end, out_neighbour, out_weight  ascending by g. Undirected: no out; weights where the graph has them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/digest.hpp"

namespace pel::graph {

inline constexpr char const* cache_format = "pel-graph-2";

namespace column {
inline constexpr char const *key = "key", *notes = "notes", *found = "found", *sizes = "sizes", *sums = "sums",
                            *ids = "id", *degrees = "degree";
inline constexpr std::array<char const*, 2> ends{"in_end", "out_end"}, neighbours{"in_neighbour", "out_neighbour"},
    weights{"in_weight", "out_weight"};
}  // namespace column

// Which sum of a partition: of its vertices, of the rows of a set (0: in, 1: out), of their weights.
inline constexpr std::size_t sums_of_partition = 5, sum_of_vertices = 0;
[[nodiscard]] constexpr std::size_t sum_of_rows(std::size_t set) { return 1 + 2 * set; }
[[nodiscard]] constexpr std::size_t sum_of_weights(std::size_t set) { return 2 + 2 * set; }

// The sum of slices: of their sums.
class SliceSum {
 public:
  void add(std::span<std::byte const> slice) {
    if (!slice.empty()) sums_.push_back(base::checksum_of(slice));
  }
  [[nodiscard]] std::uint64_t value() const { return base::checksum_of(std::as_bytes(std::span(sums_))); }

 private:
  std::vector<std::uint64_t> sums_;
};

}  // namespace pel::graph
