// Routes the messages of a superstep: from the outgoing pieces of this rank's partitions to the inboxes of those they
// are for, on this rank by pointer, to other ranks by one exchange.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/block_pool.hpp"
#include "comm/exchange.hpp"
#include "engine/agreement.hpp"
#include "engine/hosted.hpp"
#include "engine/outgoing.hpp"
#include "engine/placement.hpp"
#include "engine/world.hpp"

namespace pel::engine {

// Invariants: 1. an inbox lists its segments ascending by source partition; 2. the bytes of an inbox live until the
// superstep that reads them is over; 3. memory beyond that is the outgoing pieces of one superstep, and as
// much again while blocks wait to be used again: about twice the largest h-relation in all.
class Mailroom {
 public:
  // Up to `announce` ranks the agreement tells what each sends to each; with more, few of which may talk, the exchange
  // finds out.
  Mailroom(World& world, Placement const& placement, int announce = Agreement::most_announced);

  [[nodiscard]] Outgoing& outgoing(std::size_t slot) { return outgoing_[slot]; }
  [[nodiscard]] std::span<std::uint8_t const> local() const noexcept { return local_; }
  [[nodiscard]] std::span<Segment const> inbox(std::size_t slot) const { return inbox_[slot]; }

  // Puts into the report what this rank sends. Call when all steps are done.
  void describe(Report& report);

  // Delivers: afterwards inbox() is what the next superstep finds, and what this one found is gone.
  // Collective: all ranks, main thread, after the agreement on describe()'s report. Throws: MpiError.
  // Cost: see comm::Exchange; nothing at all when nobody sent anything.
  void deliver(Agreed const& agreed);

 private:
  void sort_in();
  void take_local();

  World& world_;
  Placement const& placement_;
  std::shared_ptr<base::BlockPool> pool_;
  comm::Exchange exchange_;
  bool announced_;
  std::vector<PartitionId> mine_;
  std::vector<std::uint8_t> local_;     // by partition
  std::vector<std::uint32_t> slot_of_;  // by partition
  std::vector<Outgoing> outgoing_;      // by slot: of the superstep that runs
  std::vector<Outgoing> read_;          // by slot: of the one before, whose local pieces are the inboxes now
  comm::Delivery delivery_;             // and what came from other ranks
  std::vector<std::vector<Segment>> inbox_;
  std::vector<comm::Consignment> consignments_;
  bool inboxes_empty_ = true;
};

}  // namespace pel::engine
