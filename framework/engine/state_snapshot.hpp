// Takes a snapshot of a rank's state: kernels, inboxes, votes, and with partition 0 the aggregate.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/hosted.hpp"
#include "engine/mailroom.hpp"
#include "engine/world.hpp"
#include "store/snapshot.hpp"

namespace pel::engine {

constexpr char const* vote_field = "engine/vote";
constexpr char const* aggregate_prefix = "aggregate/";

class StateSnapshot {
 public:
  StateSnapshot(World& world, HostedKernels& kernels, std::vector<PartitionId> mine)
      : world_(world), kernels_(kernels), mine_(std::move(mine)), slots_(mine_.size()) {}

  // Copies the state after `superstep` into the snapshot, which takes on its shape. `awake[slot]` are the votes.
  // Collective: all ranks. Throws: on all ranks what a kernel's serialize() threw on one.
  // Cost: w = one copy of the state into touched memory, l = 2 collectives.
  // False, and nothing taken, where a rank has not `room(bytes)` for what it would copy; then all know.
  [[nodiscard]] bool take(std::int64_t superstep, Mailroom const& mailroom, std::vector<std::uint8_t> const& awake,
                          store::Snapshot& into, std::function<bool(std::uint64_t)> const& room);

  // How many bytes take() would copy now; none where a kernel's serialize() throws, which it will again. Local.
  [[nodiscard]] std::optional<std::uint64_t> bytes(Mailroom const& mailroom) noexcept;

  // Loads kernels and votes from a snapshot, and the aggregate from where it is given. Kernels may have been made anew
  // since it was taken: what serialize() forgot is then lost.
  // Collective: all ranks. Throws: what a kernel's serialize() threw.
  void load(store::Snapshot const& from, std::vector<store::FieldView> const& aggregate,
            std::vector<std::uint8_t>& awake);

  // "state/rank float64 -, inbox/key int64 -": what a checkpoint's fields are, by name and type. A kernel's fields
  // depend on its type, so the first partition stands for all.
  [[nodiscard]] std::string schema();

 private:
  struct Planned {
    store::FieldInfo info;
    std::uint64_t rows = 0;
    std::vector<std::byte> archive;  // of an opaque field
  };
  class Planner;
  class Copier;

  [[nodiscard]] std::vector<store::FieldPlan> merge() const;
  void plan(std::size_t slot, std::span<Segment const> inbox);
  void copy(std::size_t slot, std::span<Segment const> inbox, std::uint8_t awake, store::Snapshot& into);

  World& world_;
  HostedKernels& kernels_;
  std::vector<PartitionId> mine_;
  std::vector<std::vector<Planned>> slots_;  // by slot
};

}  // namespace pel::engine
