// Saves the state of all kernels after a superstep and brings it back: who writes, who reads, that all agree. The files
// themselves are the store's business.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/hosted.hpp"
#include "engine/mailroom.hpp"
#include "engine/placement.hpp"
#include "engine/settings.hpp"
#include "engine/world.hpp"
#include "store/checkpoint.hpp"

namespace pel::engine {

class Checkpointer {
 public:
  Checkpointer(World& world, Placement const& placement, RunSettings const& settings, HostedKernels& kernels);

  // Finds out who this job is; called when the kernels are constructed. Collective: all ranks.
  void identify();

  // The newest epoch that is whole and this job's own: loads it into the kernels and gives its superstep. `awake[slot]`
  // becomes the votes. None if there is no usable one (then every unusable one is named in the log).
  // Collective: all ranks. Throws: ForeignCheckpoint, naming the field, if the newest readable one is another job's;
  // what a kernel's serialize() threw. Cost: reads the state once.
  [[nodiscard]] std::optional<std::int64_t> restore(std::vector<std::uint8_t>& awake);

  // Whether another run of the job has an epoch: the job may have been stopped in a later run than this one.
  // Collective: all ranks.
  [[nodiscard]] bool other_run_has_epochs();

  // Makes room for a job that starts at superstep 0: earlier epochs are put aside, and go when this job has its own.
  // Collective: all ranks. Throws: WriteFailed.
  void start_afresh();

  // Writes the epoch of this superstep. A failed write is a warning: the job goes on, the epochs before stand.
  // Collective: all ranks. Throws: what a kernel's serialize() threw. Cost: w = a copy of the state and its writing,
  // l = 4 collectives.
  void save(std::int64_t superstep, Mailroom const& mailroom, std::vector<std::uint8_t> const& awake);

  // What a checkpoint would hold now, by slot; and the reverse. Kernels in between may be made anew: what serialize()
  // forgot is then lost.
  // Collective: all ranks. Throws: what a kernel's serialize() threw.
  [[nodiscard]] std::vector<std::vector<store::Field>> snapshot(std::int64_t superstep, Mailroom const& mailroom,
                                                                std::vector<std::uint8_t> const& awake);
  void put_into_kernels(std::vector<std::vector<store::Field>> const& of_slot, std::vector<std::uint8_t>& awake);

  [[nodiscard]] double seconds() const noexcept { return seconds_; }

 private:
  [[nodiscard]] std::vector<store::Field> merge(std::vector<std::vector<store::Field>> of_slot) const;
  void write(std::int64_t superstep, std::vector<store::Field> const& fields);
  [[nodiscard]] bool load(store::Epoch const& epoch, std::vector<std::uint8_t>& awake);
  [[nodiscard]] std::vector<std::vector<store::Field>> read(store::Epoch const& epoch, store::Manifest const& manifest);
  void refuse_foreign(store::Epoch const& epoch, store::Manifest const& manifest) const;

  World& world_;
  Placement const& placement_;
  RunSettings const& settings_;
  HostedKernels& kernels_;
  std::vector<PartitionId> mine_;
  std::optional<store::CheckpointDirectory> directory_;
  store::Identity identity_;
  double seconds_ = 0;
};

}  // namespace pel::engine
