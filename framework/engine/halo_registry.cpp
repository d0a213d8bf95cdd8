#include "engine/halo_registry.hpp"

#include <algorithm>

#include "pel/error.hpp"

namespace pel::engine {

std::string HaloRegistry::description() const {
  std::string text;
  for (std::size_t i = 0; i < names_.size(); ++i) text += names_[i] + ":" + fields_[i]->description() + " ";
  return text;
}

std::size_t HaloRegistry::position(std::string const& name) const {
  auto const at = static_cast<std::size_t>(std::find(names_.begin(), names_.end(), name) - names_.begin());
  if (at == 64) throw InternalError(__FILE__, __LINE__, "more than 64 fields in one kernel");
  return at;
}

void HaloRegistry::check(std::size_t at, HaloLayout const& layout, std::string const& description) const {
  if (&fields_[at]->layout() != &layout || fields_[at]->description() != description)
    throw InternalError(__FILE__, __LINE__, "the field " + names_[at] + " is another one in another partition");
}

}  // namespace pel::engine
