// A run whose supersteps are asked for one by one, each with work of its own: what datasets stand on. All ranks run the
// same driver on their main threads; a checkpoint holds the state that it has named so far.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "engine/run_outcome.hpp"
#include "engine/settings.hpp"
#include "engine/state_visitor.hpp"
#include "engine/step_frame.hpp"

namespace pel::engine {

class Memory;
class Ownership;
class Placement;
class Supersteps;
class Watch;
class World;

// The work of one superstep.
struct Stage {
  std::string name;
  // For each partition of this rank, on all threads.
  std::function<void(std::size_t slot, StepFrame& frame)> step;
  // On the main thread, with the contributions of all partitions, ascending; may be empty.
  std::function<void(std::span<std::span<std::byte const> const>)> fold;
};

// State of one name. `visit` shows what a checkpoint holds of a slot; of replicated state, whose slot is none, only
// partition 0 shows it, as part of the aggregate.
struct NamedState {
  std::function<void(std::size_t slot, StateVisitor&)> visit;  // of a dataset
  std::function<void(StateVisitor&)> visit_replicated;         // or of a value that all ranks have
};

class DrivenRun {
 public:
  // Collective: all ranks. Throws: see Supersteps::begin().
  DrivenRun(World& world, RunSettings settings, Ownership& ownership, Watch& watch);
  ~DrivenRun();
  DrivenRun(DrivenRun const&) = delete;
  DrivenRun& operator=(DrivenRun const&) = delete;

  [[nodiscard]] World& world() noexcept { return world_; }
  [[nodiscard]] RunSettings const& settings() const noexcept { return settings_; }
  [[nodiscard]] std::shared_ptr<Memory> const& memory() const noexcept { return memory_; }
  [[nodiscard]] Placement const& placement() const noexcept;
  [[nodiscard]] std::vector<PartitionId> const& mine() const noexcept;

  // One superstep. False: the run was told to stop, and has. Collective: all ranks, with the same stage.
  // Throws: what the stage threw on any rank; InternalError where ranks are at different stages.
  [[nodiscard]] bool superstep(Stage const& stage);

  // From here on checkpoints hold it; until then they hold what was restored of that name, which is dropped now.
  // Throws: Misuse for a name that another state has, an empty one or one with a slash.
  void name(std::string const& name, NamedState state);

  // What the checkpoint that the run was resumed from holds of that name (restored() is collective: all ranks): the
  // fields named "NAME" and "NAME/…" of a slot, with those names. None: it holds nothing of it, or the run began
  // afresh. Valid until name().
  [[nodiscard]] bool restored(std::string const& name) const;
  [[nodiscard]] std::vector<store::FieldView> restored_fields(std::string const& name, std::size_t slot) const;
  [[nodiscard]] std::vector<store::FieldView> restored_value(std::string const& name) const;

  // An input was opened after the run had begun: it is part of who the job is, too. Collective: all ranks.
  // Throws: ForeignCheckpoint where the run was resumed from a checkpoint that knows another in its place.
  void add_input(std::string const& digest);

  // Waits for a checkpoint that is being written: until then its thread alone may use HDF5. Collective: all ranks.
  void settle_checkpoints();
  // Adds what was written to the digest of the run's result, in program order.
  void add_to_digest(base::Digest const& digest);
  // The run is over. Collective: all ranks.
  [[nodiscard]] RunOutcome close();
  // The same for one that superstep() said has stopped.
  [[nodiscard]] RunOutcome stopped() const;

 private:
  class Kernels;
  void note_verb(std::string const& name, double seconds);

  World& world_;
  Watch& watch_;
  RunSettings settings_;
  std::shared_ptr<Memory> memory_;
  std::unique_ptr<Kernels> kernels_;
  std::unique_ptr<Supersteps> supersteps_;
  base::DigestStream digest_;
  std::int64_t stages_ = 0;
  std::vector<VerbFigures> verbs_;
};

}  // namespace pel::engine
