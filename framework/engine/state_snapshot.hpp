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

// What there is to be saved of, beside the kernels: the state after a superstep. `awake[slot]` are the votes.
struct Moment {
  std::int64_t superstep = -1;
  Mailroom const& mailroom;
  std::vector<std::uint8_t> const& awake;
};

class StateSnapshot {
 public:
  StateSnapshot(World& world, HostedKernels& kernels, std::vector<PartitionId> mine)
      : world_(world), kernels_(kernels), mine_(std::move(mine)), slots_(mine_.size()) {}

  struct Size {
    std::uint64_t copied = 0;  // bytes of a copy
    std::uint64_t kept = 0;    // bytes of archives and mail that are held beside it, until it is made
  };

  // Copies the state into the snapshot, which takes on its shape.
  // Collective: all ranks. Throws: on all ranks what a kernel's serialize() threw on one.
  // Cost: w = one copy of the state into touched memory, l = 2 collectives.
  // False, and nothing taken, where a rank has not `room(size)`, or would have to hold more than `most_kept` bytes of
  // archives and mail on the way; then all know, and the state may be shown.
  [[nodiscard]] bool take(Moment const& moment, store::Snapshot& into, std::uint64_t most_kept,
                          std::function<bool(Size)> const& room);

  // Bytes of a slice, which are valid during the call alone: on which thread (`worker`), number of the field and slice
  // in fields().
  using Shown = std::function<void(int worker, std::size_t field, std::size_t slice, std::span<std::byte const>)>;
  // After a take() that was false: shows each slice of fields() once, on all threads, and holds on to none of it.
  // Local. What a kernel's serialize() throws goes into the report.
  void show(Moment const& moment, Report& report, Shown const& shown);
  // What a take() that was false would have copied, until forget().
  [[nodiscard]] std::vector<store::FieldPlan> const& fields() const noexcept { return fields_; }
  void forget() noexcept;

  // What take() would need now; none where a kernel's serialize() throws, which it will again. Local.
  [[nodiscard]] std::optional<Size> size(Mailroom const& mailroom, std::uint64_t most_kept) noexcept;

  // Loads kernels and votes from the fields of each partition, and the aggregate from where it is given. Kernels may
  // have been made anew since these were taken: what serialize() forgot is then lost.
  // Collective: all ranks. Throws: what a kernel's serialize(), or a field's fetch(), threw.
  using FieldsOf = std::function<std::vector<store::FieldView>(PartitionId)>;
  void load(FieldsOf const& fields_of, std::vector<store::FieldView> const& aggregate,
            std::vector<std::uint8_t>& awake);

  // "state/rank float64 -, inbox/key int64 -": what a checkpoint's fields are, by name and type. A kernel's fields
  // depend on its type, so the first partition stands for all.
  [[nodiscard]] std::string schema();

 private:
  struct Planned {
    store::FieldInfo info;
    std::uint64_t rows = 0;
    std::vector<std::byte> archive;  // of an opaque field
    std::size_t field = 0, slice = 0;
  };
  class Allowance;
  class Planner;
  class Follower;

  [[nodiscard]] std::vector<store::FieldPlan> merge();
  void plan(std::size_t slot, std::span<Segment const> inbox, Allowance& allowance);
  void follow(std::size_t slot, Moment const& moment, Follower&& follower);
  void copy(Moment const& moment, Report& report, store::Snapshot& into);
  [[nodiscard]] Where where(std::int64_t superstep) const { return world_.where(kernels_.name(), "save", superstep); }

  World& world_;
  HostedKernels& kernels_;
  std::vector<PartitionId> mine_;
  std::vector<std::vector<Planned>> slots_;  // by slot
  std::vector<store::FieldPlan> fields_;
};

}  // namespace pel::engine
