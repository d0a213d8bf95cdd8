// A partition's part of a field: what all fields of kernels hold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "engine/halo_registry.hpp"
#include "engine/shared_field.hpp"

namespace pel::engine {

// Own entries are positions first() … first() + size() of the rank's. The field itself is there once the engine has
// found its name in serialize(), which is after the kernel's constructor.
template <class Field>
class FieldPart {
 public:
  FieldPart() = default;
  FieldPart(std::shared_ptr<HaloLayout const> layout, std::size_t slot)
      : layout_(std::move(layout)),
        slot_(slot),
        first_(layout_->first[slot]),
        size_(layout_->first[slot + 1] - layout_->first[slot]) {}

  [[nodiscard]] std::size_t slot() const noexcept { return slot_; }
  [[nodiscard]] std::uint32_t first() const noexcept { return first_; }
  [[nodiscard]] std::uint32_t size() const noexcept { return size_; }

  [[nodiscard]] bool bound() const noexcept { return field_ != nullptr; }
  [[nodiscard]] Field& operator*() const noexcept { return *field_; }
  [[nodiscard]] Field* operator->() const noexcept { return field_.get(); }

  // False for a part without a layout, which has nothing to bind.
  template <class... Arguments>
  bool bind(HaloRegistry& registry, std::string const& name, Arguments const&... arguments) {
    if (!layout_) return false;
    auto const bound = registry.bind<Field>(name, layout_, arguments...);
    field_ = bound.field;
    number_ = bound.number;
    return true;
  }
  // The field's bit in StepFrame::published.
  [[nodiscard]] unsigned number() const {
    if (!field_ && layout_)
      throw std::logic_error(
          "publish() of a field that serialize() does not name: pel::fields(archive, \"name\", halo)");
    return number_;
  }
  // Of a field that knows which slots changed: how many own entries did; visit(i) for each of them, ascending.
  [[nodiscard]] std::uint32_t own_changed() const noexcept {
    return static_cast<std::uint32_t>(field_->changed().count(first_, std::size_t{first_} + size_));
  }
  template <class Visit>
  void for_each_changed(Visit const& visit) const {
    field_->changed().for_each(first_, std::size_t{first_} + size_,
                               [&](std::size_t at) { visit(static_cast<std::uint32_t>(at - first_)); });
  }
  // Throws where a checkpoint has not as many values as there are entries.
  void check_size(std::size_t values) const {
    if (values != size_) throw std::length_error("a checkpoint's field has another number of values");
  }

 private:
  std::shared_ptr<HaloLayout const> layout_;
  std::size_t slot_ = 0;
  std::uint32_t first_ = 0, size_ = 0;
  std::shared_ptr<Field> field_;
  unsigned number_ = 0;
};

}  // namespace pel::engine
