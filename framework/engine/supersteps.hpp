// The supersteps of a run, one at a time: construct or resume, step, deliver, checkpoint. Whoever holds one says when
// the next begins: engine/run.cpp goes on until all partitions have halted, engine/driven_run.hpp asks for each.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <vector>

#include "base/machine.hpp"
#include "engine/agreement.hpp"
#include "engine/checkpoints.hpp"
#include "engine/halo_registry.hpp"
#include "engine/hosted.hpp"
#include "engine/mailroom.hpp"
#include "engine/memory.hpp"
#include "engine/placement.hpp"
#include "engine/rounds.hpp"
#include "engine/run.hpp"
#include "engine/settings.hpp"
#include "engine/world.hpp"

namespace pel::engine {

class Ownership;
class Watch;

// What comes after a superstep: another one; nothing, as all have halted and no message is under way; nothing, as the
// run was told to stop, and has.
enum class Next { go_on, over, stopped };

class Supersteps {
 public:
  // `memory`: the budget that mail keeps to; none: all of it lies in memory.
  // Requires: at most as many ranks as partitions; the arguments outlive it.
  Supersteps(World& world, RunSettings const& settings, HostedKernels& kernels, Ownership& ownership, Watch& watch,
             Memory* memory = nullptr);

  // Makes the kernels, or what a checkpoint makes of them. Collective: all ranks. Throws: what kernels threw,
  // NoCheckpoint, ForeignCheckpoint, MpiError.
  void begin();

  // One superstep, its agreement, its messages, and a checkpoint if one is due. Collective: all ranks. Throws: what
  // kernels threw, MpiError.
  [[nodiscard]] Next next();

  // Waits for a checkpoint that is being written. finish: and says how they went. Collective: all ranks.
  void settle_checkpoints() {
    save([&] { checkpoints_.settle(); });
  }
  void finish_checkpoints() {
    save([&] { checkpoints_.finish(); });
  }

  // What has come of it so far, with the seconds since begin().
  [[nodiscard]] RunOutcome outcome() const;
  [[nodiscard]] std::int64_t resumed_from() const noexcept { return outcome_.resumed_from; }
  [[nodiscard]] Placement const& placement() const noexcept { return placement_; }
  [[nodiscard]] std::vector<PartitionId> const& mine() const noexcept { return mine_; }

 private:
  void construct();
  void refresh_halos();
  void bind_halos();
  // Seconds of checkpoints are not those of the run.
  template <class Work>
  void save(Work const& work) {
    auto const started = base::monotonic_seconds();
    work();
    saving_seconds_ += base::monotonic_seconds() - started;
  }
  void stop(std::int64_t s);
  // A superstep that was broken off is as if it had never begun.
  void give_up();
  // What the fold threw, for after the exchange: the other ranks count on this one in it, and agree only then.
  std::exception_ptr fold(std::int64_t s, Agreed const& agreed);
  // All partitions that are awake or have mail, then the agreement of the superstep.
  Agreed const& compute(std::int64_t s);
  void step(std::int64_t s, std::size_t slot, int worker);
  // In rounds, if there is a budget.
  void begin_rounds();
  void step_in_rounds(std::int64_t s, std::size_t slot, int worker);
  // Moves what lies ready, in the middle of the superstep.
  void exchange_round();
  // The agreement at its end; until then also the rounds that others want.
  Agreed const& agree_at_end();
  void exchange_halos(Agreed const& agreed);
  void rebuild();

  World& world_;
  Watch& watch_;
  RunSettings const& settings_;
  HostedKernels& kernels_;
  Placement placement_;
  std::vector<PartitionId> mine_;
  Memory* memory_;
  Mailroom mailroom_;
  Rounds rounds_;
  Checkpoints checkpoints_;
  HaloRegistry halos_;
  std::vector<std::uint8_t> awake_;                    // by slot: the last vote was go_on
  std::vector<std::vector<std::byte>> contributions_;  // by slot
  std::vector<std::uint64_t> published_;               // by slot: fields
  std::vector<std::uint8_t> by_slot_;                  // of one field
  std::vector<std::size_t> running_;                   // slots that step in this superstep
  std::atomic<bool> given_up_{false};                  // this rank has broken the superstep off
  Report report_;
  Where where_;
  RunOutcome outcome_;
  std::int64_t next_ = 0;                  // superstep
  double saving_seconds_ = 0, begun_ = 0;  // seconds
};

}  // namespace pel::engine
