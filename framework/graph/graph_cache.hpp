// Graphs as files that open without parsing, hashing or sorting: HDF5, each partition's vertices and rows in the order
// of g. The format: cache_columns.hpp.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "graph/cache_notes.hpp"
#include "graph/rank_graph.hpp"

namespace pel::graph {

// What a cached graph was made from.
struct CacheKey {
  std::string digest;  // of the input
  bool directed = true, weights = false;
  std::uint32_t partitions = 0;
  CacheOrigin origin{};
  std::uint64_t left_out = 0;  // bad lines of the input
};

// Whether the file may be a cached graph.
[[nodiscard]] bool is_graph_cache(std::string const& path);

// Writes the graph; the file gets its name when it is whole, and takes the place of one that had it. Requires: rows in
// both directions, if directed. Collective: all ranks, main thread. Throws: WriteFailed, ConfigError for 2^32 vertices
// or vertices with names. Cost: w = a pass over the arcs and the bytes written.
void write_graph_cache(engine::World& world, std::string const& path, RankGraph const& graph, CacheKey const& key);

// What the file says it is. Throws: BadData.
[[nodiscard]] CacheKey key_of_cache(std::string const& path);

// The graph, on any number of ranks. Collective: all ranks, main thread. Throws: BadData if what is read of the
// file is damaged (weights are read where they are needed), or if rank 0 sees that a file of its input has another size
// than when it was made; ConfigError if it was made for another number of partitions, or has no weights where they are
// needed. Cost: w = reading a rank's share and two passes over its arcs; h = 8 bytes a mirror; memory: 4 bytes an arc
// (12 with weights) and n / 5 bytes.
[[nodiscard]] std::shared_ptr<RankGraph const> open_graph_cache(engine::World& world, std::string const& path,
                                                                std::uint32_t partitions, GraphNeeds const& needs);

}  // namespace pel::graph
