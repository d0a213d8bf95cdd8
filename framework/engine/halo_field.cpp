#include "engine/halo_field.hpp"

#include <cstring>
#include <utility>

namespace pel::engine {

HaloField::HaloField(std::shared_ptr<HaloLayout const> layout, std::size_t element_bytes)
    : SharedField(std::move(layout)), element_bytes_(element_bytes) {
  auto const bytes = this->layout().slots() * element_bytes_;
  for (auto* const buffer : {&front_, &back_}) {
    *buffer = base::Block(bytes);
    if (bytes > 0) std::memset(buffer->data(), 0, bytes);
  }
}

void HaloField::exchange(std::vector<std::uint8_t> const& published, bool) {
  auto const& first_of = layout().first;
  auto const copy = [&](std::size_t slot, std::byte const* from, std::byte* to) {
    auto const first = first_of[slot] * element_bytes_;
    auto const last = first_of[slot + 1] * element_bytes_;
    if (last > first) std::memcpy(to + first, from + first, last - first);
  };
  for (std::size_t slot = 0; slot < published.size(); ++slot)
    if (published[slot] == 0) copy(slot, front_.data(), back_.data());
  std::swap(front_, back_);
  // Entries that nobody sets next time are then published as they are now.
  for (std::size_t slot = 0; slot < published.size(); ++slot)
    if (published[slot] != 0) copy(slot, front_.data(), back_.data());
  refresh();
}

void HaloField::drop_unpublished(std::vector<std::size_t> const& slots) {
  auto const& first_of = layout().first;
  for (auto const slot : slots) {
    auto const first = first_of[slot] * element_bytes_;
    auto const last = first_of[slot + 1] * element_bytes_;
    if (last > first) std::memcpy(back_.data() + first, front_.data() + first, last - first);
  }
}

void HaloField::refresh() { layout().plan.ship(front_.data(), element_bytes_); }

}  // namespace pel::engine
