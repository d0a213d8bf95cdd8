// What all fields are to the engine: values of a rank's entries and mirrors, shared by its partitions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "comm/halo_plan.hpp"
#include "pel/partition.hpp"

namespace pel::engine {

// Where the values of a rank's partitions lie within [owned | mirrors], and who mirrors what. Shared by all fields over
// the same entries.
struct HaloLayout {
  comm::HaloPlan plan;
  std::vector<PartitionId> partitions;  // of this rank, ascending
  std::vector<std::uint32_t> first;  // by slot: the position of a partition's first entry; one past the end at the back

  // Entries and mirrors of the rank.
  [[nodiscard]] std::size_t slots() const noexcept { return std::size_t{plan.owned()} + plan.mirrors(); }
};

// Partitions write a field while they step, each in its own way; what the ranks must know of it is exchanged between
// supersteps. Called from the main thread while no partition steps.
class SharedField {
 public:
  explicit SharedField(std::shared_ptr<HaloLayout const> layout) : layout_(std::move(layout)) {}
  virtual ~SharedField() = default;
  SharedField(SharedField const&) = delete;
  SharedField& operator=(SharedField const&) = delete;

  [[nodiscard]] HaloLayout const& layout() const noexcept { return *layout_; }
  // The kind of field and its values: what must be the same on all ranks, or they would not ship the same.
  [[nodiscard]] virtual std::string description() const = 0;

  // Whether partitions of this rank wrote something since the last exchange.
  [[nodiscard]] virtual bool written() const { return true; }

  // A partition published: afterwards all ranks read what those that published wrote. `published[slot]`; `shipping`:
  // written() of some rank; where it is false there is nothing to ship.
  // Collective: all ranks with this field. Throws: MpiError.
  virtual void exchange(std::vector<std::uint8_t> const& published, bool shipping) = 0;

  // Nobody published; `slots` are those that ran.
  virtual void drop_unpublished(std::vector<std::size_t> const& slots) = 0;

  // Own values have been given from outside, at a start or a restart: all else is to follow from them.
  // Collective: all ranks with this field. Throws: MpiError.
  virtual void refresh() = 0;

 protected:
  [[nodiscard]] std::shared_ptr<HaloLayout const> const& shared_layout() const noexcept { return layout_; }

 private:
  std::shared_ptr<HaloLayout const> layout_;
};

}  // namespace pel::engine
