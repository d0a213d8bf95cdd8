// Columns as fields of checkpoints: a dataset of HDF5 for plain elements, "bytes" and "ends" for texts, "key" and
// "value" for entries.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/element_row.hpp"
#include "data/column.hpp"

namespace pel {
struct Point;
}
namespace pel::engine {
class StateVisitor;
}
namespace pel::store {
struct FieldView;
}

namespace pel::data {

// A field of a column, whatever its type: rows of elements of one type, in a vector of it.
struct ColumnField {
  std::string name;
  base::ElementType type{};
  std::vector<std::uint64_t> row_shape;
  std::size_t row_bytes = 0;
  void* vector = nullptr;
  std::span<std::byte> (*bytes)(void* vector) = nullptr;
  void (*resize)(void* vector, std::size_t rows) = nullptr;
};
using ColumnFields = std::vector<ColumnField>;

template <class T>
void add_field(ColumnFields& fields, std::string name, base::ElementType type, std::vector<std::uint64_t> row_shape,
               std::vector<T>& vector) {
  fields.push_back({std::move(name), type, std::move(row_shape), sizeof(T), &vector,
                    [](void* of) { return std::as_writable_bytes(std::span(*static_cast<std::vector<T>*>(of))); },
                    [](void* of, std::size_t rows) { static_cast<std::vector<T>*>(of)->resize(rows); }});
}

// Elements that are no rows of numbers are rows of their bytes.
template <class T>
void list_fields(Column<T>& column, std::string const& name, ColumnFields& fields) {
  static_assert(!std::is_same_v<T, Point>,
                "pel: points are read again, or kept, but not named: name what is made of them");
  if constexpr (ColumnEntry<T>) {
    list_fields(column.keys(), name + "/key", fields);
    list_fields(column.values(), name + "/value", fields);
  } else if constexpr (Text<T>) {
    add_field(fields, name + "/bytes", base::ElementType::u8, {}, column.text());
    add_field(fields, name + "/ends", base::ElementType::u64, {}, column.ends());
  } else if constexpr (base::Row<T>::typed) {
    add_field(fields, name, base::Row<T>::type, base::Row<T>::shape(), column.vector());
  } else {
    add_field(fields, name, base::ElementType::u8, {sizeof(T)}, column.vector());
  }
}

// Shows what a checkpoint holds of them.
void visit_fields(ColumnFields const& fields, engine::StateVisitor& visitor);

// The same back: fields that are not there have no rows. Throws: OtherType for a field of another type, or one that
// none of them is.
void load_fields(ColumnFields const& fields, std::vector<store::FieldView> const& stored);

}  // namespace pel::data
