#include "engine/halo_field.hpp"

#include <cstring>
#include <utility>

namespace pel::engine {

HaloField::HaloField(std::shared_ptr<HaloLayout const> layout, std::size_t element_bytes)
    : SharedField(std::move(layout)), element_bytes_(element_bytes) {
  auto const bytes = this->layout().slots() * element_bytes_;
  front_ = std::make_unique<std::byte[]>(bytes);
  back_ = std::make_unique<std::byte[]>(bytes);
}

void HaloField::exchange(std::vector<std::uint8_t> const& published, bool) {
  auto const& first_of = layout().first;
  auto const copy = [&](std::size_t slot, std::byte const* from, std::byte* to) {
    auto const first = first_of[slot] * element_bytes_;
    auto const last = first_of[slot + 1] * element_bytes_;
    if (last > first) std::memcpy(to + first, from + first, last - first);
  };
  for (std::size_t slot = 0; slot < published.size(); ++slot)
    if (published[slot] == 0) copy(slot, front_.get(), back_.get());
  std::swap(front_, back_);
  // Entries that nobody sets next time are then published as they are now.
  for (std::size_t slot = 0; slot < published.size(); ++slot)
    if (published[slot] != 0) copy(slot, front_.get(), back_.get());
  refresh();
}

void HaloField::drop_unpublished(std::vector<std::size_t> const& slots) {
  auto const& first_of = layout().first;
  for (auto const slot : slots) {
    auto const first = first_of[slot] * element_bytes_;
    auto const last = first_of[slot + 1] * element_bytes_;
    if (last > first) std::memcpy(back_.get() + first, front_.get() + first, last - first);
  }
}

void HaloField::refresh() { layout().plan.ship(front_.get(), element_bytes_); }

}  // namespace pel::engine
