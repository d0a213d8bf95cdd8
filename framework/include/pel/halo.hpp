// Halos: own values, and copies of the remote ones that this partition reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

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
      : layout_(std::move(layout)),
        first_(layout_->first[slot]),
        size_(layout_->first[slot + 1] - layout_->first[slot]),
        initial_(size_) {}

  // Own values.
  [[nodiscard]] std::uint32_t size() const noexcept { return size_; }
  // The value in a slot of the rank. Not before the first superstep.
  [[nodiscard]] T operator[](std::uint32_t slot) const noexcept { return front()[slot]; }
  // All values of the rank, by slot: for a loop over many. Valid during the superstep.
  [[nodiscard]] T const* values() const noexcept { return front(); }
  // Own value i as last published. Requires: i < size().
  [[nodiscard]] T own(std::uint32_t i) const noexcept { return field_ ? front()[first_ + i] : initial_[i]; }
  // Sets own value i. Requires: i < size().
  void set(std::uint32_t i, T value) noexcept {
    if (field_)
      reinterpret_cast<T*>(field_->back())[first_ + i] = value;
    else
      initial_[i] = value;
  }

  // For the engine: makes the values part of the rank's array.
  void bind(engine::HaloRegistry& registry, std::string const& name) {
    if (!layout_) return;
    auto const bound = registry.bind(name, layout_, sizeof(T));
    field_ = bound.field;
    number_ = bound.number;
    store(initial_);
    initial_ = {};
  }
  [[nodiscard]] unsigned number() const {
    if (!field_ && layout_)
      throw std::logic_error(
          "publish() of a halo that serialize() does not name: pel::fields(archive, \"name\", halo)");
    return number_;
  }
  // For checkpoints: own values as last published, and the reverse.
  [[nodiscard]] std::span<T const> own_values() const noexcept {
    return field_ ? std::span<T const>(front() + first_, size_) : std::span<T const>(initial_);
  }
  void store(std::vector<T> const& values) {
    if (values.size() != size_) throw std::length_error("a checkpoint's halo has another number of values");
    for (std::uint32_t i = 0; i < size_; ++i) {
      reinterpret_cast<T*>(field_->front())[first_ + i] = values[i];
      reinterpret_cast<T*>(field_->back())[first_ + i] = values[i];
    }
  }

 private:
  [[nodiscard]] T const* front() const noexcept { return reinterpret_cast<T const*>(field_->front()); }

  std::shared_ptr<engine::HaloLayout const> layout_;
  std::uint32_t first_ = 0, size_ = 0;
  std::vector<T> initial_;  // own values until the engine binds them
  std::shared_ptr<engine::HaloField> field_;
  unsigned number_ = 0;
};

}  // namespace pel
