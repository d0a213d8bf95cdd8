// How a run begins where an earlier one has left checkpoints: who it is, which epoch it goes on from, or what becomes
// of those it does not go on from.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/hosted.hpp"
#include "engine/settings.hpp"
#include "engine/state_reader.hpp"
#include "engine/world.hpp"
#include "store/checkpoint.hpp"

namespace pel::engine {

// What PEL was built as: another build may compute other bits.
[[nodiscard]] std::string build_text();

class Restart {
 public:
  Restart(World& world, RunSettings const& settings, HostedKernels& kernels, std::vector<PartitionId> mine,
          store::CheckpointDirectory directory, std::function<void()> may_change);

  // Finds out who this job is, when the kernels are constructed. Collective: all ranks. Throws: what a kernel's
  // serialize() threw.
  void identify();
  [[nodiscard]] store::Identity const& identity() const noexcept { return identity_; }

  // The newest epoch that is whole and this job's own: loads it into the kernels, by way of `scratch`, and gives its
  // superstep. What is more than `room` bytes on a rank is read twice instead, to be verified and then to its place.
  // `awake[slot]` becomes the votes. None if there is no usable one. Each that is passed over is named in the log; one
  // whose bytes are not what was written, or of which rank 0 too finds a file missing, is kept as bad-…. One that a
  // rank cannot read, or does not see where rank 0 does, stays, and if no other is whole the job ends.
  // Collective: all ranks. Throws: ForeignCheckpoint, naming the field, if the newest readable one is another job's;
  // SystemError, naming rank, host and path, where epochs are there that a rank cannot read, or rank 0 does not see;
  // what a kernel's serialize() threw. Cost: w = the state read once, l = 4 collectives an epoch.
  // Example: rank 1 is on a node without the shared disk: it sees no epoch, rank 0 sees 4 and 6. None becomes bad-….
  [[nodiscard]] std::optional<std::int64_t> restore(store::Snapshot& scratch, std::uint64_t room,
                                                    std::vector<std::uint8_t>& awake);

  // Whether another run of the job has an epoch: the job may have been stopped in a later run than this one.
  // Collective: all ranks.
  [[nodiscard]] bool other_run_has_epochs();

  // Before a fresh start, which would let them go: no epoch may be another job's, or of another version of PEL.
  // Collective: all ranks. Throws: ForeignCheckpoint, ConfigError.
  void refuse_others();

  // Makes room for a job that starts at superstep 0: earlier epochs are put aside, and go when this job has its own.
  // Collective: all ranks. Throws: WriteFailed.
  void start_afresh();

 private:
  // An epoch that may be whole, and why a rank cannot read it.
  struct Unreadable {
    store::Epoch epoch;
    std::string reason;
  };
  [[nodiscard]] std::vector<store::Epoch> candidates();
  void expect_none_elsewhere();
  [[nodiscard]] bool try_epoch(store::Epoch const& epoch, store::Snapshot& scratch, std::uint64_t room,
                               std::vector<std::uint8_t>& awake, std::vector<Unreadable>& unreadable);
  void refuse_foreign(store::Epoch const& epoch, store::Manifest const& manifest) const;
  void pass_over(store::Epoch const& epoch, std::optional<store::Damaged> const& mine,
                 std::vector<Unreadable>& unreadable);
  [[nodiscard]] std::string kind_for_all(int rank, std::string const& kind, std::string const& path) const;
  [[nodiscard]] std::string who() const;

  World& world_;
  RunSettings const& settings_;
  HostedKernels& kernels_;
  std::vector<PartitionId> mine_;
  store::CheckpointDirectory directory_;
  std::function<void()> may_change_;  // throws where another launch owns the directory; rank 0
  store::Identity identity_;
  std::string built_by_;  // the epoch read last
};

}  // namespace pel::engine
