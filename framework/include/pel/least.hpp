// Least values: anybody lowers anything, and all meet in the least.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/field_part.hpp"
#include "engine/least_field.hpp"

namespace pel {

// A value for each entry that only falls: distances, labels, levels. One buffer a rank, which its partitions read and
// lower at the same time, own entries and mirrors alike: what one lowers the others see at once. step.publish(field)
// sends lowered mirrors to their owners, who take the least, and what has fallen at the owners to all mirrors. What a
// kernel reads in the middle depends on threads and ranks; where all is lowered until nothing falls any more, the end
// does not. Name it in serialize(); a checkpoint holds own values.
// Requires: publish in each superstep in which mirrors were lowered, or a checkpoint misses it.
// changed(): what fell between the last two publications, on any rank. At the start and after a restart, until the
// first publication, every value that is not the initial one counts as changed: a kernel that follows what has changed
// goes on from there, with more to look at than it had before.
// Cost of publish: w = lowered values; h = their encoding, there and back; l = 2 messages a neighbour; nothing is sent
// where nothing fell on any rank.
// Example: hops from a source, the source's own value stored as 0 in the constructor or in superstep 0:
//   hops.for_each_changed([&](std::uint32_t v) {
//     for (auto const slot : graph.out(v)) hops.lower(slot, hops.own(v) + 1);
//   });
//   step.publish(hops);
template <class T>
class Least {
  static_assert(std::is_same_v<T, std::uint32_t> || std::is_same_v<T, std::uint64_t> || std::is_same_v<T, double>,
                "pel: a Least holds std::uint32_t, std::uint64_t or double");

 public:
  using Value = T;
  Least() = default;
  // Of slot `slot` of the layout; all values `initial`, which is the same in all partitions.
  Least(std::shared_ptr<engine::HaloLayout const> layout, std::size_t slot, T initial)
      : part_(std::move(layout), slot), initial_(initial), values_before_(part_.size(), initial) {}

  // Own values.
  [[nodiscard]] std::uint32_t size() const noexcept { return part_.size(); }
  // The slot of own value i, in this rank's [owned | mirrors].
  [[nodiscard]] std::uint32_t slot(std::uint32_t i) const noexcept { return part_.first() + i; }
  // The value in a slot of the rank, as it is now. Not before the first superstep.
  [[nodiscard]] T operator[](std::uint32_t slot) const noexcept { return part_->load(slot); }
  // Own value i as it is now. Requires: i < size().
  [[nodiscard]] T own(std::uint32_t i) const noexcept {
    return part_.bound() ? part_->load(slot(i)) : values_before_[i];
  }
  // Takes the value if it is less than what the slot, own or mirror, of this partition or another of the rank, holds:
  // true if it was. Requires: no NaN; a superstep.
  bool lower(std::uint32_t slot, T value) noexcept { return part_->lower(slot, value); }
  // The same for own value i, and several times as fast. Requires: in this superstep nobody but this partition lowers
  // own values of this partition: all pull, none push.
  bool lower_own(std::uint32_t i, T value) noexcept {
    auto const first = std::size_t{part_.first()};
    return part_->lower_alone(first + i, value, first, first + size());
  }
  // Sets own value i whatever it was: in the constructor or in superstep 0, where nobody lowers it at the same time.
  void store(std::uint32_t i, T value) noexcept {
    if (part_.bound())
      part_->store(slot(i), value);
    else
      values_before_[i] = value;
  }

  // Whether the value in a slot fell between the last two publications.
  [[nodiscard]] bool changed(std::uint32_t slot) const noexcept { return part_->changed().test(slot); }
  // How many own values did.
  [[nodiscard]] std::uint32_t own_changed() const noexcept { return part_.own_changed(); }
  // Calls visit(i) for each own value that did, ascending.
  template <class Visit>
  void for_each_changed(Visit const& visit) const {
    part_.for_each_changed(visit);
  }
  // Calls visit(slot) for each changed slot of [first, last), ascending: of mirrors, say.
  template <class Visit>
  void for_each_changed_slot(std::uint32_t first, std::uint32_t last, Visit const& visit) const {
    part_->changed().for_each(first, last, [&](std::size_t at) { visit(static_cast<std::uint32_t>(at)); });
  }

  // For the engine, as Halo's.
  void bind(engine::HaloRegistry& registry, std::string const& name) {
    if (!part_.bind(registry, name, initial_)) return;
    store(values_before_);
    values_before_ = {};
  }
  [[nodiscard]] unsigned number() const { return part_.number(); }
  // Valid while no partition steps, and in write().
  [[nodiscard]] std::span<T const> own_values() const noexcept {
    return part_.bound() ? std::span<T const>(part_->values() + part_.first(), size())
                         : std::span<T const>(values_before_);
  }
  void store(std::vector<T> const& values) {
    part_.check_size(values.size());
    for (std::uint32_t i = 0; i < size(); ++i) part_->values()[slot(i)] = values[i];
  }

 private:
  engine::FieldPart<engine::LeastField<T>> part_;
  T initial_{};
  std::vector<T> values_before_;  // own values until the engine binds them
};

}  // namespace pel
