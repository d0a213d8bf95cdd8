// Routes the messages of a superstep: from the outgoing pieces of this rank's partitions to the inboxes of those they
// are for, on this rank by pointer, to other ranks by one exchange.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <vector>

#include "base/block_pool.hpp"
#include "comm/exchange.hpp"
#include "engine/agreement.hpp"
#include "engine/hosted.hpp"
#include "engine/mail.hpp"
#include "engine/memory.hpp"
#include "engine/outgoing.hpp"
#include "engine/placement.hpp"
#include "engine/world.hpp"

namespace pel::engine {

// Invariants: 1. an inbox lists its segments ascending by source partition; 2. the bytes of an inbox live until the
// superstep that reads them is over; 3. memory beyond that is the outgoing pieces of one superstep, and as
// much again while blocks wait to be used again: about twice the largest h-relation in all. With a budget it is what
// that leaves for mail, and what does not fit goes to disk.
class Mailroom {
 public:
  // Up to `announce` ranks the agreement tells what each sends to each; with more, few of which may talk, the exchange
  // finds out. `memory`: the budget that mail keeps to, for which all must be told; none: all of it lies in memory.
  Mailroom(World& world, Placement const& placement, Memory* memory = nullptr,
           int announce = Agreement::most_announced);

  [[nodiscard]] Outgoing& outgoing(std::size_t slot) { return outgoing_[slot]; }
  [[nodiscard]] std::span<std::uint8_t const> local() const noexcept { return local_; }
  [[nodiscard]] std::span<Segment const> inbox(std::size_t slot) const { return read_.segments(slot); }
  // What of an inbox is on disk: all of it, or none.
  [[nodiscard]] StoredMail const* stored(std::size_t slot) const { return read_.stored(slot); }

  // Puts into the report what this rank sends. Call when all steps are done.
  void describe(Report& report);

  // In a superstep of which more is to come: takes what was sent so far into the mail of the next.
  // Collective: all ranks, main thread, after the agreement on describe()'s report. Throws: MpiError.
  // Cost: see comm::Exchange; nothing at all when nobody sent anything.
  void gather(Agreed const& agreed);
  // Delivers: afterwards inbox() and stored() are what the next superstep finds, and what this one found is gone.
  // Collective, throws and costs as gather().
  void deliver(Agreed const& agreed);
  // What could not be spilled since it was last asked: for the next agreement.
  [[nodiscard]] std::exception_ptr take_failure() noexcept { return std::exchange(failure_, nullptr); }

  // Whether so many bytes that lie ready must be exchanged first.
  [[nodiscard]] bool is_too_much(std::uint64_t sent) const noexcept {
    return memory_ != nullptr && sent > memory_->for_sending(read_.memory() + next_.memory(), spilling_);
  }

  // Whether it is time to exchange so many bytes that lie ready: it is worth it, and all ranks could, so that none
  // waits for longer than others need for the steps they are at. On the main thread.
  [[nodiscard]] bool is_time(std::uint64_t sent) const;

 private:
  void take_local();
  void take(comm::Delivery delivery);
  void receive(Agreed const& agreed);
  void spill_if_needed();

  World& world_;
  Placement const& placement_;
  Memory* memory_;
  std::shared_ptr<base::BlockPool> pool_;
  comm::Exchange exchange_;
  bool announced_;
  std::vector<PartitionId> mine_;
  std::vector<std::uint8_t> local_;     // by partition
  std::vector<std::uint32_t> slot_of_;  // by partition
  std::vector<Outgoing> outgoing_;      // by slot: of the superstep that runs
  Mail read_, next_;                    // what this superstep finds, and what the next will
  std::vector<comm::Consignment> consignments_;
  std::uint64_t moved_ = 0;  // bytes of this rank, in this superstep, before its end
  bool spilling_ = false;    // in this superstep, as mail was too much before
  std::exception_ptr failure_;
};

}  // namespace pel::engine
