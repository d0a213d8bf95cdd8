// The first half of loading a graph: from the input, of which each rank reads a share, to arcs that lie with the
// partitions of their rows.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "comm/exchange.hpp"
#include "engine/world.hpp"
#include "graph/arc_buckets.hpp"
#include "graph/edge_input.hpp"
#include "graph/edge_parcel.hpp"
#include "graph/owner_table.hpp"
#include "graph/vertex_numbers.hpp"

namespace pel::graph {

// The arcs of a rank's partitions, and what else was read.
struct DealtArcs {
  // [in, out][worker][slot]: the rows to be; an undirected edge is two entries of `in`.
  std::array<std::vector<std::vector<ArcBucket>>, 2> buckets;
  std::vector<std::vector<std::uint32_t>> looped;    // [worker]: own vertices with a loop
  std::vector<std::vector<std::uint64_t>> vertices;  // [slot]: declared ids, as they came
  std::uint64_t edges = 0, declared = 0;             // that this rank has read
  BadLines bad;
  double read_seconds = 0, ship_seconds = 0, sort_seconds = 0;
};

// Gives all vertices numbers from tables, in place of their ids.
void renumber(engine::Workers& workers, DealtArcs& dealt, VertexNumbers& numbers);

// Reads in rounds: so many blocks of about 1 MiB of text on each rank, then what they hold goes to its owners.
class EdgeDeal {
 public:
  EdgeDeal(engine::World& world, EdgeInput const& input, OwnerTable const& owners, VertexNumbers& numbers,
           bool directed, bool weights);
  ~EdgeDeal();
  EdgeDeal(EdgeDeal const&) = delete;
  EdgeDeal& operator=(EdgeDeal const&) = delete;

  // Collective: all ranks, main thread. Throws: what EdgeInput does, MpiError. Cost: w = one pass over a share of the
  // input and one over the arcs; h = 8 bytes an edge (16 where ids need more than 32 bits, 8 more with weights) for
  // each owner that is not its reader; l = an exchange and a collective a round; memory: 8 bytes an arc (16), and below
  // 64 MiB for a round.
  [[nodiscard]] DealtArcs deal();

 private:
  struct Source;  // one block of a round

  void read_vertices();
  void read_edges();
  void read_round(std::uint64_t first, std::size_t blocks);
  void read_block(std::uint64_t share, Source& source) const;
  [[nodiscard]] std::vector<EdgeList> ship(comm::Delivery& delivery);
  void absorb(std::vector<EdgeList> const& lists);
  void absorb(EdgeList const& list, std::size_t worker);

  engine::World& world_;
  EdgeInput const& input_;
  OwnerTable const& owners_;
  VertexNumbers& numbers_;
  bool directed_, weights_;
  comm::Exchange exchange_;
  std::vector<Source> sources_;
  DealtArcs dealt_;
};

}  // namespace pel::graph
