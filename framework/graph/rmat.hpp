// R-MAT graphs: the synthetic graph of Graph500 and LDBC, a few vertices with very many edges and many with few.
// Chakrabarti, Zhan, Faloutsos, "R-MAT: a recursive model for graph mining", SDM 2004.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace pel::graph {

// edge_factor * 2^scale edges over the ids [0, 2^scale). Each is a function of (seed, its number) alone, so that any
// range can be made without the others. At each of `scale` levels, most significant bit first, the pair of bits
// (source, target) is (0, 0) with probability 0.57, (0, 1) and (1, 0) with 0.19, (1, 1) with 0.05. Loops and repeats
// are left in.
struct Rmat {
  int scale = 16;                  // 1 to 40
  std::uint64_t seed = 1;          // each another graph
  std::uint64_t edge_factor = 16;  // 1 to 2^20
  bool scramble = false;           // ids go through a bijection of [0, 2^scale), so that hubs have any id

  // "rmat:", "rmat:scale=16,seed=1,edge_factor=16,scramble=yes". Throws: UsageError.
  [[nodiscard]] static Rmat parse(std::string const& spec);
  // The spec with every parameter, in a fixed order.
  [[nodiscard]] std::string canonical() const;

  [[nodiscard]] std::uint64_t edges() const noexcept { return edge_factor << scale; }

  // Appends the edges [first, last). Requires: first <= last <= edges(). Cost: scale hashes an edge.
  void append_edges(std::uint64_t first, std::uint64_t last,
                    std::vector<std::pair<std::uint64_t, std::uint64_t>>& to) const;
};

}  // namespace pel::graph
