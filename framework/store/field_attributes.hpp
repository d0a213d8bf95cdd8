// What the dataset of a field says of itself to people, in a part as in the index.
#pragma once

#include <cstdint>
#include <optional>

#include "store/field.hpp"
#include "store/hdf5.hpp"

namespace pel::store {

// Attributes `encoding` where the elements are not what they look like, `description`, and `global_shape`: that of the
// field over all parts, where it is known (`rows` of it are the job's; none: it is not).
void set_field_attributes(hdf5::Dataset const& dataset, FieldInfo const& info, std::optional<std::uint64_t> rows);

}  // namespace pel::store
