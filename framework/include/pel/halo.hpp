// Halos: own values, and copies of the remote ones that this partition reads.
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
#include "engine/halo_field.hpp"

namespace pel {

// The values of one partition, in an array shared with the other partitions of its rank: own ones, then a slot for each
// remote one that any of them reads. Read with [slot], as of the last publishing; write own ones with set(); after
// step.publish(halo) all ranks read the new ones in the next superstep. Entries not set keep their value; what is set
// and not published in the same superstep is dropped. It is state, not mail: it wakes nobody. serialize() must name it:
// that is how the engine finds it. A checkpoint holds own values; after a restart the slots are filled again. Take a
// Halo if most neighbour values change in each superstep, a Message if few do or keys are data.
template <class T>
class Halo {
  static_assert(std::is_trivially_copyable_v<T>, "pel: a Halo ships trivially copyable values only");

 public:
  using Value = T;
  Halo() = default;
  // Of slot `slot` of the layout; all own values T{}.
  Halo(std::shared_ptr<engine::HaloLayout const> layout, std::size_t slot)
      : part_(std::move(layout), slot), initial_(part_.size()) {}

  // Own values.
  [[nodiscard]] std::uint32_t size() const noexcept { return part_.size(); }
  // The value in a slot of the rank. Not before the first superstep.
  [[nodiscard]] T operator[](std::uint32_t slot) const noexcept { return front()[slot]; }
  // All values of the rank, by slot: for a loop over many. Valid during the superstep.
  [[nodiscard]] T const* values() const noexcept { return front(); }
  // Own value i as last published. Requires: i < size().
  [[nodiscard]] T own(std::uint32_t i) const noexcept {
    return part_.bound() ? front()[part_.first() + i] : initial_[i];
  }
  // Sets own value i. Requires: i < size().
  void set(std::uint32_t i, T value) noexcept {
    if (part_.bound())
      reinterpret_cast<T*>(part_->back())[part_.first() + i] = value;
    else
      initial_[i] = value;
  }

  // For the engine: makes the values part of the rank's array.
  void bind(engine::HaloRegistry& registry, std::string const& name) {
    if (!part_.bind(registry, name, sizeof(T))) return;
    store(initial_);
    initial_ = {};
  }
  [[nodiscard]] unsigned number() const { return part_.number(); }
  // For checkpoints: own values as last published, and the reverse.
  [[nodiscard]] std::span<T const> own_values() const noexcept {
    return part_.bound() ? std::span<T const>(front() + part_.first(), size()) : std::span<T const>(initial_);
  }
  void store(std::vector<T> const& values) {
    part_.check_size(values.size());
    for (std::uint32_t i = 0; i < size(); ++i) {
      reinterpret_cast<T*>(part_->front())[part_.first() + i] = values[i];
      reinterpret_cast<T*>(part_->back())[part_.first() + i] = values[i];
    }
  }

 private:
  [[nodiscard]] T const* front() const noexcept { return reinterpret_cast<T const*>(part_->front()); }

  engine::FieldPart<engine::HaloField> part_;
  std::vector<T> initial_;  // own values until the engine binds them
};

}  // namespace pel
