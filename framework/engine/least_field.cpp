#include "engine/least_field.hpp"

#include <algorithm>
#include <cstring>
#include <span>

namespace pel::engine {

template <class T>
LeastField<T>::LeastField(std::shared_ptr<HaloLayout const> layout, T initial)
    : SharedField(std::move(layout)),
      initial_(initial),
      values_(std::make_unique<T[]>(this->layout().slots())),
      fallen_(this->layout().slots()),
      changed_(this->layout().slots()),
      shipping_(this->layout().plan, sizeof(T)) {
  std::fill_n(values_.get(), this->layout().slots(), initial);
}

template <class T>
void LeastField<T>::exchange(std::vector<std::uint8_t> const&, bool shipping) {
  if (shipping) {
    auto* const values = values_.get();
    auto* const bytes = reinterpret_cast<std::byte*>(values);
    shipping_.backward(bytes, fallen_, [&](std::span<std::uint32_t const> owned, std::byte const* lowered) {
      for (std::size_t i = 0; i < owned.size(); ++i) {
        T value;
        std::memcpy(&value, lowered + i * sizeof(T), sizeof(T));
        if (!(value < values[owned[i]])) continue;
        values[owned[i]] = value;
        fallen_.set(owned[i]);
      }
    });
    shipping_.forward(bytes, fallen_);
    std::swap(fallen_, changed_);
    fallen_.clear();
  } else {
    changed_.clear();
  }
}

template <class T>
void LeastField<T>::refresh() {
  layout().plan.ship(reinterpret_cast<std::byte*>(values_.get()), sizeof(T));
  fallen_.clear();
  changed_.clear();
  for (std::size_t slot = 0; slot < changed_.size(); ++slot)
    if (values_[slot] != initial_) changed_.set(slot);
}

template class LeastField<std::uint32_t>;
template class LeastField<std::uint64_t>;
template class LeastField<double>;

}  // namespace pel::engine
