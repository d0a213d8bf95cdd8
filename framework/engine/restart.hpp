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
  // whose bytes are not what was written is kept as bad-…. One that cannot be read at all stays, and if no other is
  // whole the job ends. Collective: all ranks. Throws: ForeignCheckpoint, naming the field, if the newest readable one
  // is another job's; what a kernel's serialize() threw. Cost: w = the state read once, l = 4 collectives an epoch.
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
  [[nodiscard]] std::vector<store::Epoch> candidates();
  [[nodiscard]] bool try_epoch(store::Epoch const& epoch, store::Snapshot& scratch, std::uint64_t room,
                               std::vector<std::uint8_t>& awake, std::vector<store::Epoch>& unreadable);
  void refuse_foreign(store::Epoch const& epoch, store::Manifest const& manifest) const;
  void pass_over(store::Epoch const& epoch, std::string const& kind);

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
