// Sparse halos: as halos, where few values change in a superstep.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/field_part.hpp"
#include "engine/sparse_field.hpp"

namespace pel {

// As Halo: read with [slot], as of the last publishing; write own values with set(); after step.publish(field) all
// ranks read the new ones in the next superstep, what is set and not published in the same superstep is dropped. But
// changed values alone are shipped, in the cheapest of several encodings (all equal values are sent as one), and
// changed() tells which they are. Name it in serialize(); a checkpoint holds own values.
// At the start and after a restart, until the first publication, every value counts as changed: who skips what depends
// on nothing changed then skips nothing, and who takes the changed ones for a frontier looks at their values, too.
// Cost of publish: w = changed values; h = their encoding, at most sizeof(T) a value and a bit an entry; nothing is
// sent where no partition of any rank changed anything.
// Example: levels of a breadth-first search, which a step of level k sets to k at some vertices:
//   if (levels.set(v, k)) more = true;   …   step.publish(levels);
// and in the next superstep: levels.for_each_changed([&](std::uint32_t v) { … });
template <class T>
class SparseHalo {
  static_assert(std::is_trivially_copyable_v<T> && !std::is_same_v<T, bool> &&
                    (std::is_floating_point_v<T> || std::has_unique_object_representations_v<T>),
                "pel: a SparseHalo ships trivially copyable values without unused bytes only, and no bool");

 public:
  using Value = T;
  SparseHalo() = default;
  // Of slot `slot` of the layout; all own values T{}.
  SparseHalo(std::shared_ptr<engine::HaloLayout const> layout, std::size_t slot)
      : part_(std::move(layout), slot), initial_(part_.size()) {}

  // Own values.
  [[nodiscard]] std::uint32_t size() const noexcept { return part_.size(); }
  // The slot of own value i, in this rank's [owned | mirrors].
  [[nodiscard]] std::uint32_t slot(std::uint32_t i) const noexcept { return part_.first() + i; }
  // The value in a slot of the rank. Not before the first superstep.
  [[nodiscard]] T operator[](std::uint32_t slot) const noexcept { return front_[slot]; }
  // All values of the rank, by slot. Valid during the superstep.
  [[nodiscard]] T const* values() const noexcept { return front_; }
  // Own value i as last published. Requires: i < size().
  [[nodiscard]] T own(std::uint32_t i) const noexcept { return part_.bound() ? front_[slot(i)] : initial_[i]; }
  // Sets own value i, also in the kernel's constructor; whether that differs, bit by bit, from what was last published.
  // Requires: i < size().
  bool set(std::uint32_t i, T value) noexcept {
    if (!part_.bound()) {
      initial_[i] = value;
      return true;
    }
    back_[i] = value;
    bool const differs = std::memcmp(&value, front_ + slot(i), sizeof value) != 0;
    auto const bit = std::uint64_t{1} << i % 64;
    auto& word = written_[i / 64];
    word = differs ? word | bit : word & ~bit;
    return differs;
  }

  // Whether the last publication changed the value in a slot of the rank.
  [[nodiscard]] bool changed(std::uint32_t slot) const noexcept { return part_->changed().test(slot); }
  // How many own values it changed.
  [[nodiscard]] std::uint32_t own_changed() const noexcept { return part_.own_changed(); }
  // Calls visit(i) for each own value that it changed, ascending.
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
    if (!part_.bind(registry, name, sizeof(T))) return;
    front_ = reinterpret_cast<T*>(part_->front());
    back_ = reinterpret_cast<T*>(part_->back()) + part_.first();
    written_ = part_->written_words(part_.slot());
    store(initial_);
    initial_ = {};
  }
  [[nodiscard]] unsigned number() const { return part_.number(); }
  [[nodiscard]] std::span<T const> own_values() const noexcept {
    return part_.bound() ? std::span<T const>(front_ + part_.first(), size()) : std::span<T const>(initial_);
  }
  void store(std::vector<T> const& values) {
    part_.check_size(values.size());
    for (std::uint32_t i = 0; i < size(); ++i) front_[slot(i)] = back_[i] = values[i];
  }

 private:
  engine::FieldPart<engine::SparseField> part_;
  T* front_ = nullptr;                // by slot
  T* back_ = nullptr;                 // by own value
  std::uint64_t* written_ = nullptr;  // bits, by own value
  std::vector<T> initial_;            // own values until the engine binds them
};

}  // namespace pel
