// A run's checkpoints in all: whether there are any, when one is due, what the run goes on from, how it stops.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/machine.hpp"
#include "engine/checkpoint_summary.hpp"
#include "engine/epoch_writer.hpp"
#include "engine/interval.hpp"
#include "engine/mailroom.hpp"
#include "engine/ownership.hpp"
#include "engine/placement.hpp"
#include "engine/restart.hpp"
#include "engine/settings.hpp"
#include "engine/watch.hpp"
#include "engine/world.hpp"

namespace pel::engine {

// All functions but prepare(), wishes() and report() are collective over all ranks, main thread.
class Checkpoints {
 public:
  Checkpoints(World& world, Placement const& placement, RunSettings const& settings, HostedKernels& kernels,
              Ownership& ownership, Watch& watch);

  // The superstep to begin with, after loading what is to be gone on from; `awake[slot]` become the votes.
  // Throws: NoCheckpoint, ForeignCheckpoint, ConfigError, DirectoryInUse, WriteFailed; what a kernel's serialize()
  // threw.
  [[nodiscard]] std::int64_t first_superstep(std::vector<std::uint8_t>& awake);
  [[nodiscard]] std::int64_t resumed_from() const noexcept { return resumed_from_; }

  // Makes memory ready for the first checkpoint, in the background: at once where it is due by supersteps, else
  // half-way to it, so that short jobs take none. To be called before the first superstep and after each.
  void prepare(Mailroom const& mailroom);

  void note_superstep(std::int64_t s) { writer_.note_superstep(s); }

  // Flags of this rank for the agreement that ends superstep s, which took so long so far.
  [[nodiscard]] std::uint32_t wishes(std::int64_t s);
  void report(Report& report) { writer_.report(report); }

  // After the agreement of superstep s, with its flags.
  void advance(Agreed const& agreed, double superstep_seconds);

  // Takes the checkpoint of superstep s that some rank wished for; one that a user asked for is not left out for want
  // of a buffer, but comes later.
  void take(std::int64_t s, bool asked, Mailroom const& mailroom, std::vector<std::uint8_t> const& awake);

  // The run is to stop after superstep s: commits it. Throws: WriteFailed where that failed twice.
  void take_last(std::int64_t s, Mailroom const& mailroom, std::vector<std::uint8_t> const& awake);

  // Nothing is under way afterwards; what was is committed or dropped. finish(): nor will there be more.
  void settle();
  void finish();

  // Remakes all kernels from what a checkpoint would hold: take() and load in one, by way of memory.
  template <class Remake>
  void rebuild(std::int64_t s, Mailroom const& mailroom, std::vector<std::uint8_t>& awake, Remake const& remake) {
    store::Snapshot snapshot;
    StateSnapshot state(world_, kernels_, mine_);
    (void)state.take({s, mailroom, awake}, snapshot, ~std::uint64_t{0}, [](StateSnapshot::Size) { return true; });
    remake();
    state.load([&](PartitionId partition) { return snapshot.of_partition(partition); },
               snapshot.of_partition(PartitionId{0}), awake);
  }

  [[nodiscard]] std::int64_t newest() const noexcept { return writer_.figures().newest; }
  [[nodiscard]] CheckpointSummary summary() const;

 private:
  void open();
  void open_afresh();
  void start_afresh();
  [[nodiscard]] bool open_if_possible();
  void note_commits();

  World& world_;
  RunSettings const& settings_;
  HostedKernels& kernels_;
  Ownership& ownership_;
  Watch& watch_;
  std::vector<PartitionId> mine_;
  EpochWriter writer_;
  std::unique_ptr<Restart> restart_;
  Interval interval_;
  bool open_ = false, given_up_ = false, owed_ = false, prepared_ = false;
  double started_ = base::monotonic_seconds();
  std::int64_t resumed_from_ = -1, seen_committed_ = 0, seen_failed_ = 0;
};

}  // namespace pel::engine
