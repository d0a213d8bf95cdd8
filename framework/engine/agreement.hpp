// What the ranks agree on, in the one small collective at the end of every superstep and every other phase.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <vector>

#include "comm/communicator.hpp"
#include "comm/gather.hpp"
#include "comm/roll_call.hpp"
#include "engine/failure.hpp"
#include "pel/partition.hpp"

namespace pel::engine {

// Where in the program a rank agrees. All ranks must be at the same place; that they are is checked each time.
enum class Site : std::uint32_t {
  start,
  load,
  construct,
  superstep,
  save,
  commit,
  restore,
  write,
  publish,
  end,
  joined
};

// Bits of Report::any and Report::all.
namespace flag {
constexpr std::uint32_t stop = 1;             // any: a rank was told to stop
constexpr std::uint32_t checkpoint = 2;       // any: a checkpoint is due
constexpr std::uint32_t given_up = 4;         // any: a rank has broken the superstep off, as time is up
constexpr std::uint32_t epoch_committed = 8;  // any: rank 0 has committed the epoch under way
constexpr std::uint32_t epoch_there_already = 16;
constexpr std::uint32_t epoch_dropped = 32;
constexpr std::uint32_t asked = 64;         // any: the checkpoint is a user's wish
constexpr std::uint32_t epoch_again = 128;  // any: rank 0 has made space for the epoch under way; all write it anew
constexpr std::uint32_t unfinished = 256;   // any: a rank has more to send in this superstep, after a round of exchange
constexpr std::uint32_t part_finished = 1;  // all: the part is written, or has failed
}  // namespace flag

// What one rank brings.
struct Report {
  Site site = Site::superstep;
  std::uint32_t any = 0, all = 0;         // flags: what some rank says, what every rank says
  std::uint64_t going_on = 0;             // partitions that voted so
  std::uint64_t messages = 0;             // sent by its partitions, to any rank
  std::uint64_t halos = 0;                // bit i: a partition published field i
  std::uint64_t written = 0;              // bit i: there is something of field i to ship
  std::int64_t failed_partition = -1;     // of the failure below; the lowest wins
  std::vector<std::byte> failure;         // encode_failure(); empty: none
  std::vector<std::uint64_t> wire_bytes;  // to each rank; empty where the exchange is unannounced
  struct Contribution {
    PartitionId partition{};
    std::span<std::byte const> bytes;
  };
  std::vector<Contribution> contributions;  // to the aggregate

  void clear();
};

// What all of them brought, the same on every rank but for `incoming`.
struct Agreed {
  std::uint64_t going_on = 0, messages = 0, halos = 0, written = 0;
  std::uint32_t any = 0, all = 0;
  std::vector<std::uint64_t> incoming;                    // wire bytes from each rank to this one
  std::uint64_t most_incoming = 0;                        // to any rank, from all; 0 where the exchange is unannounced
  std::vector<std::span<std::byte const>> contributions;  // ascending by partition; valid until the next agreement
};

// Invariant: every rank calls agree() equally often; a rank that fails anywhere else joins the next one with its
// failure, so nobody is left waiting.
class Agreement {
 public:
  explicit Agreement(comm::Communicator communicator);

  // Collective: all ranks, from the main thread. Throws: on every rank the failure of the lowest partition, if any rank
  // has one (of equal partitions the lowest rank's); MpiError; InternalError if ranks are at different places.
  // Cost: h = 64 bytes a rank, 8 a pair of ranks while there are at most 16, the contributions; l = 1 collective.
  Agreed const& agree(Report const& report);

  // From now on ranks can tell each other beforehand that they are about to agree. An agreement itself, after which
  // all have it or none; later calls do nothing. Cost: of every later agreement, l = 1 collective more.
  void announce_from_now_on();
  // Says that this rank could agree, and tells whether all could: they are here, or have said so, too. Who has said so
  // goes on to ask, and has no other collective before it agrees. From the main thread.
  // Requires: announce_from_now_on(). Throws: MpiError.
  [[nodiscard]] bool all_could_agree() { return roll_call_->all_have_answered(); }
  [[nodiscard]] bool has_said_so() const noexcept { return roll_call_ && roll_call_->answered(); }

  // True if the last agree() threw a failure that all ranks share: then there is nothing left to tell the others.
  [[nodiscard]] bool failed() const noexcept { return failed_; }

  // Up to this many ranks the bytes between each pair travel with the agreement, which saves the exchange a probe.
  static constexpr int most_announced = 16;

 private:
  void read(std::size_t rank, std::span<std::byte const> bytes);
  void throw_first_failure(std::vector<std::span<std::byte const>> const& reports);

  comm::Communicator communicator_;
  comm::SmallGather gather_;
  std::unique_ptr<comm::RollCall> roll_call_;
  std::vector<std::byte> mine_;
  std::vector<Report::Contribution> contributions_;
  std::vector<std::uint64_t> to_each_;  // wire bytes from all ranks to each
  Agreed agreed_;
  bool failed_ = false;
};

}  // namespace pel::engine
