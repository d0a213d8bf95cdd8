// What the nine kernels are expected to answer: the rule by which LDBC compares it, and the reference.
#pragma once

#include <cstdint>
#include <vector>

#include "graph/verification.hpp"

namespace pel::graph::expected {

// See references.hpp for what each of them is.
[[nodiscard]] Expected bfs(std::uint64_t source);
[[nodiscard]] Expected sssp(std::uint64_t source);
[[nodiscard]] Expected pagerank(std::uint32_t iterations, double damping);
[[nodiscard]] Expected wcc();
[[nodiscard]] Expected cdlp(std::uint32_t iterations);
[[nodiscard]] Expected lcc();
[[nodiscard]] Expected triangles();
[[nodiscard]] Expected kcore();
[[nodiscard]] Expected betweenness(std::vector<std::uint64_t> sources);

}  // namespace pel::graph::expected
