// Values of a rank's entries and mirrors that only fall, and where all who lower one meet in the least.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/bitmap.hpp"
#include "comm/sparse_shipping.hpp"
#include "engine/shared_field.hpp"

namespace pel::engine {

// One buffer, read and lowered by all threads at once. Invariants: 1. a mirror is never above what its owner published
// last; 2. fallen_ says what has fallen since the last exchange; 3. after an exchange a mirror equals its owner's
// value, and changed() says what has fallen between that exchange and the one before, on any rank.
template <class T>
class LeastField final : public SharedField {
 public:
  LeastField(std::shared_ptr<HaloLayout const> layout, T initial);

  [[nodiscard]] T load(std::size_t slot) const noexcept {
    return std::atomic_ref<T>(values_[slot]).load(std::memory_order_relaxed);
  }
  bool lower(std::size_t slot, T value) noexcept {
    std::atomic_ref<T> here(values_[slot]);
    auto now = here.load(std::memory_order_relaxed);
    do {
      if (!(value < now)) return false;
    } while (!here.compare_exchange_weak(now, value, std::memory_order_relaxed));
    fallen_.set_shared(slot);
    return true;
  }
  // lower() for an entry of a partition, at positions first … last - 1, of which nobody else lowers any meanwhile:
  // without atomic operations, but for the words of bits that it shares with its neighbours.
  bool lower_alone(std::size_t slot, T value, std::size_t first, std::size_t last) noexcept {
    if (!(value < values_[slot])) return false;
    std::atomic_ref<T>(values_[slot]).store(value, std::memory_order_relaxed);  // others may read it
    auto const word = slot / 64 * 64;
    if (word >= first && word + 64 <= last)
      fallen_.set(slot);
    else
      fallen_.set_shared(slot);
    return true;
  }
  void store(std::size_t slot, T value) noexcept {
    std::atomic_ref<T>(values_[slot]).store(value, std::memory_order_relaxed);
    fallen_.set_shared(slot);
  }
  [[nodiscard]] T* values() noexcept { return values_.get(); }
  [[nodiscard]] base::Bitmap const& changed() const noexcept { return changed_; }

  [[nodiscard]] static std::string describe(T initial) {
    return std::string(std::is_floating_point_v<T> ? "least f" : "least u") + std::to_string(sizeof(T)) + " from " +
           std::to_string(initial);
  }
  [[nodiscard]] std::string description() const override { return describe(initial_); }
  [[nodiscard]] bool written() const override { return fallen_.any(); }
  void exchange(std::vector<std::uint8_t> const& published, bool shipping) override;
  // What has fallen stays, and is published when somebody does.
  void drop_unpublished(std::vector<std::size_t> const&) override {}
  // What is not the initial value counts as changed.
  void refresh() override;

 private:
  T initial_;
  std::unique_ptr<T[]> values_;
  base::Bitmap fallen_, changed_;
  comm::SparseShipping shipping_;
};

extern template class LeastField<std::uint32_t>;
extern template class LeastField<std::uint64_t>;
extern template class LeastField<double>;

}  // namespace pel::engine
