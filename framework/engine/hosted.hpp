// The kernels of one rank behind a face that knows bytes only: the loop, the exchange and the checkpoints are compiled
// once, and the typed shell over them (pel/hosted_kernels.hpp) is thin.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/halo_registry.hpp"
#include "engine/outgoing.hpp"
#include "engine/state_visitor.hpp"
#include "engine/step_frame.hpp"
#include "engine/vote.hpp"
#include "pel/partition.hpp"
#include "store/field.hpp"

namespace pel::engine {

class ResultColumns;

// `slot` numbers the partitions of this rank, ascending. Calls for different slots may run at the same time, one call a
// slot; what is not given a slot is called from the main thread while no step runs.
class HostedKernels {
 public:
  virtual ~HostedKernels() = default;

  [[nodiscard]] virtual std::string name() const = 0;
  // What runs now, for messages.
  [[nodiscard]] virtual std::string doing() const { return name(); }
  // Whether state is named while the run goes on, so that no two checkpoints need hold the same fields.
  [[nodiscard]] virtual bool state_grows() const { return false; }
  // Changes when the kernel says its state means something else.
  [[nodiscard]] virtual std::uint32_t version() const = 0;

  virtual void resize(std::size_t slots, int workers) = 0;
  virtual void construct(std::size_t slot, Partition partition) = 0;
  virtual void bind_halos(std::size_t slot, HaloRegistry& registry) = 0;
  virtual Vote step(std::size_t slot, StepFrame& frame) = 0;

  // The contributions of all partitions, ascending by partition, become the aggregate that steps see next.
  virtual void fold(std::span<std::span<std::byte const> const> contributions) = 0;

  // Shows a visitor everything a checkpoint holds of a partition: its fields, and the inbox it will find, merged from
  // the segments. An inbox that the visitor lets be kept stays merged for the next step, which then gets no segments.
  virtual void visit(std::size_t slot, std::span<Segment const> inbox, StateVisitor& visitor) = 0;
  virtual void visit_aggregate(StateVisitor& visitor) = 0;
  // The reverse; `slot` has been constructed and its halos are bound.
  virtual void load(std::size_t slot, std::vector<store::FieldView> const& fields) = 0;
  virtual void load_aggregate(std::vector<store::FieldView> const& fields) = 0;
  // Whether a loaded inbox waits for the partition's next step.
  [[nodiscard]] virtual bool has_loaded_mail(std::size_t slot) const = 0;

  virtual void write(std::size_t slot, Partition partition, ResultColumns& out) const = 0;
};

}  // namespace pel::engine
