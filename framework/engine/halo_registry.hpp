// The fields of a job's kernels, by the name under which serialize() mentions them.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "engine/shared_field.hpp"

namespace pel::engine {

class HaloRegistry {
 public:
  // `workers`: threads that step partitions of this rank.
  explicit HaloRegistry(int workers = 1) : workers_(workers) {}

  template <class Field>
  struct Bound {
    std::shared_ptr<Field> field;
    unsigned number;
  };
  // The field of this name, made at the first call as Field(layout, arguments…); number is its bit in
  // StepFrame::published.
  // Throws: InternalError for more than 64 fields, or where a name is used for two kinds of field.
  // Example: registry.bind<HaloField>("share", layout, sizeof(double)).
  template <class Field, class... Arguments>
  [[nodiscard]] Bound<Field> bind(std::string const& name, std::shared_ptr<HaloLayout const> const& layout,
                                  Arguments const&... arguments) {
    auto const at = position(name);
    if (at == fields_.size()) {
      fields_.push_back(std::make_shared<Field>(layout, arguments...));
      names_.push_back(name);
    }
    check(at, *layout, Field::describe(arguments...));
    return {std::static_pointer_cast<Field>(fields_[at]), static_cast<unsigned>(at)};
  }

  [[nodiscard]] int workers() const noexcept { return workers_; }
  [[nodiscard]] std::vector<std::shared_ptr<SharedField>> const& fields() const noexcept { return fields_; }
  // All names and what the fields are, in order: the same on all ranks.
  [[nodiscard]] std::string description() const;

 private:
  [[nodiscard]] std::size_t position(std::string const& name) const;
  void check(std::size_t at, HaloLayout const& layout, std::string const& description) const;

  int workers_;
  std::vector<std::string> names_;
  std::vector<std::shared_ptr<SharedField>> fields_;
};

}  // namespace pel::engine
