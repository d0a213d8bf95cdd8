#include "engine/halo_field.hpp"

#include <cstring>
#include <utility>

#include "pel/error.hpp"

namespace pel::engine {

HaloField::HaloField(std::shared_ptr<HaloLayout const> layout, std::size_t element_bytes)
    : layout_(std::move(layout)), element_bytes_(element_bytes) {
  auto const bytes = (std::size_t{layout_->plan.owned()} + layout_->plan.mirrors()) * element_bytes_;
  front_ = std::make_unique<std::byte[]>(bytes);
  back_ = std::make_unique<std::byte[]>(bytes);
}

void HaloField::exchange(std::vector<std::uint8_t> const& published) {
  auto const copy = [&](std::size_t slot, std::byte const* from, std::byte* to) {
    auto const first = layout_->first[slot] * element_bytes_;
    auto const last = layout_->first[slot + 1] * element_bytes_;
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
  for (auto const slot : slots) {
    auto const first = layout_->first[slot] * element_bytes_;
    auto const last = layout_->first[slot + 1] * element_bytes_;
    if (last > first) std::memcpy(back_.get() + first, front_.get() + first, last - first);
  }
}

std::string HaloRegistry::description() const {
  std::string text;
  for (std::size_t i = 0; i < names_.size(); ++i)
    text += names_[i] + ":" + std::to_string(fields_[i]->element_bytes()) + " ";
  return text;
}

void HaloField::refresh() { layout_->plan.ship(front_.get(), element_bytes_); }

HaloRegistry::Bound HaloRegistry::bind(std::string const& name, std::shared_ptr<HaloLayout const> const& layout,
                                       std::size_t element_bytes) {
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (names_[i] != name) continue;
    if (&fields_[i]->layout() != layout.get() || fields_[i]->element_bytes() != element_bytes)
      throw InternalError(__FILE__, __LINE__, "the halo " + name + " has another layout in another partition");
    return {fields_[i], static_cast<unsigned>(i)};
  }
  if (names_.size() == 64) throw InternalError(__FILE__, __LINE__, "more than 64 halos in one kernel");
  names_.push_back(name);
  fields_.push_back(std::make_shared<HaloField>(layout, element_bytes));
  return {fields_.back(), static_cast<unsigned>(names_.size() - 1)};
}

}  // namespace pel::engine
