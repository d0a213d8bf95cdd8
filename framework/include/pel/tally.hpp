// Tallies: anybody adds to anything, and the owner has the sum.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/field_part.hpp"
#include "engine/tally_field.hpp"

namespace pel {

// A sum of 64-bit integers for each entry. Partitions add to own entries and mirrors through a lane, an array of the
// thread's own: no atomics, and integers have one sum in any order. step.publish(tally) adds what all lanes of all
// ranks hold to the owners' totals. Name it in serialize(); a checkpoint holds the totals. Requires: publish in each
// superstep that adds, or a checkpoint misses it. Cost: 8 bytes a slot and thread that adds; of publish: w = slots of
// the rank, h = 8 bytes a mirror that was added to. Example: triangles at each corner:
//   auto lane = step.lane(tally);   lane.add(slot, 1); …   step.publish(tally);
// and in a later superstep or in write(): tally.own(v).
class Tally {
 public:
  using Value = std::uint64_t;

  // Valid during one call of superstep().
  class Lane {
   public:
    explicit Lane(std::uint64_t* sums) noexcept : sums_(sums) {}
    // Adds n to the entry in a slot of the rank, own or mirror.
    void add(std::uint32_t slot, std::uint64_t n) noexcept { sums_[slot] += n; }

   private:
    std::uint64_t* sums_;
  };

  Tally() = default;
  // Of slot `slot` of the layout; all totals 0.
  Tally(std::shared_ptr<engine::HaloLayout const> layout, std::size_t slot) : part_(std::move(layout), slot) {}

  [[nodiscard]] std::uint32_t size() const noexcept { return part_.size(); }
  // The slot of own entry i, in this rank's [owned | mirrors].
  [[nodiscard]] std::uint32_t slot(std::uint32_t i) const noexcept { return part_.first() + i; }
  // The total of own entry i, as of the last publishing. Requires: i < size().
  [[nodiscard]] std::uint64_t own(std::uint32_t i) const noexcept {
    return part_.bound() ? part_->totals()[slot(i)] : 0;
  }
  // Sets a total: to 0, to count anew.
  void store(std::uint32_t i, std::uint64_t value) noexcept { part_->totals()[slot(i)] = value; }

  // For the engine: see Superstep::lane().
  [[nodiscard]] Lane lane(int worker) const { return Lane(part_->lane(worker)); }
  void bind(engine::HaloRegistry& registry, std::string const& name) {
    if (!part_.bind(registry, name, registry.workers())) return;
    for (std::uint32_t i = 0; i < size(); ++i) store(i, 0);
  }
  [[nodiscard]] unsigned number() const { return part_.number(); }
  [[nodiscard]] std::span<std::uint64_t const> own_values() const noexcept {
    return part_.bound() ? std::span<std::uint64_t const>(part_->totals() + part_.first(), size())
                         : std::span<std::uint64_t const>();
  }
  void store(std::vector<std::uint64_t> const& values) {
    part_.check_size(values.size());
    for (std::uint32_t i = 0; i < size(); ++i) store(i, values[i]);
  }

 private:
  engine::FieldPart<engine::TallyField> part_;
};

}  // namespace pel
