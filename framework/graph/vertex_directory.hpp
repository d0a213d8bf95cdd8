// Which vertex is which: the order of a partition's vertices, and the index of any vertex by its id. Needed while a
// graph is loaded, and then gone: no rank keeps a map of all vertices.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "base/distribution.hpp"
#include "engine/halo_map.hpp"
#include "engine/placement.hpp"
#include "engine/world.hpp"

namespace pel::graph {

// A vertex of one of this rank's partitions.
struct OwnVertex {
  std::uint64_t id = 0;
  std::uint32_t in_degree = 0, out_degree = 0;
};

// The vertices of a rank's partitions in their order, and a way from id to index.
class VertexDirectory {
 public:
  // `by_slot`: the vertices of each of this rank's partitions, ascending by id; they come out ordered.
  VertexDirectory(std::vector<PartitionId> partitions, std::vector<std::vector<OwnVertex>> by_slot);

  [[nodiscard]] std::vector<OwnVertex> const& ordered(std::size_t slot) const { return ordered_[slot]; }

  // The index of a vertex of slot `slot`; none: absent.
  [[nodiscard]] std::uint32_t index_of(std::size_t slot, std::uint64_t id) const;
  static constexpr std::uint32_t absent = ~std::uint32_t{0};

 private:
  std::vector<std::vector<OwnVertex>> ordered_;
  std::vector<std::vector<std::pair<std::uint64_t, std::uint32_t>>> by_id_;  // (id, index), ascending
};

// What a rank asked others: for ids of any partition, their indices.
class VertexLookup {
 public:
  // Asks for the ids of `wanted[p]`, of each partition p, ascending, each once.
  // Collective: all ranks, main thread. Throws: MpiError; what `unknown(id)` throws, on all ranks, for an id that its
  // owner does not have. Cost: h = 12 bytes an id, l = 2 exchanges and 1 collective.
  VertexLookup(engine::World& world, engine::Placement const& placement, VertexDirectory const& directory,
               std::vector<std::vector<std::uint64_t>> wanted, std::function<void(std::uint64_t)> const& unknown);

  // Requires: the id was asked for. Cost: O(log) in the ids wanted of that partition.
  [[nodiscard]] engine::HaloEntry entry_of(PartitionId partition, std::uint64_t id) const;

  // All that were asked for, by partition.
  [[nodiscard]] std::vector<engine::HaloEntry> all() const;

 private:
  std::vector<std::vector<std::uint64_t>> ids_;      // by partition, ascending
  std::vector<std::vector<std::uint32_t>> indices_;  // beside them
};

}  // namespace pel::graph
