// Columns as typed datasets of a checkpoint, and back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "data/column.hpp"
#include "data/points.hpp"
#include "data/state_fields.hpp"
#include "engine/state_visitor.hpp"

namespace pel::data {

// Plain elements that are no rows of numbers are rows of their bytes.
template <class T>
[[nodiscard]] store::FieldInfo column_info(std::string name) {
  if constexpr (base::Row<T>::typed)
    return field_info<T>(std::move(name));
  else
    return {std::move(name), base::ElementType::u8, {sizeof(T)}, false};
}

namespace column_fields {

template <class T>
void show(engine::StateVisitor& visitor, store::FieldInfo const& info, std::vector<T> const& values, std::size_t rows) {
  visitor.visit(info, rows, visitor.wants_bytes() ? std::as_bytes(std::span(values)) : std::span<std::byte const>{});
}

// Of a partition that has none there is no field.
[[nodiscard]] inline store::FieldView const* find(std::vector<store::FieldView> const& fields,
                                                  store::FieldInfo const& wanted) {
  for (auto const& field : fields) {
    if (field.info == wanted) return &field;
    if (field.info.name == wanted.name) throw OtherType("field " + wanted.name + " has another type");
  }
  return nullptr;
}

// How many fields were there: 1 or 0.
template <class T>
std::size_t copy(store::FieldView const* field, std::vector<T>& to) {
  to.resize(field == nullptr ? 0 : field->bytes.size() / sizeof(T));
  if (!to.empty()) std::memcpy(to.data(), field->bytes.data(), to.size() * sizeof(T));
  return field == nullptr ? 0 : 1;
}

}  // namespace column_fields

// A column of plain elements is the dataset NAME; of texts NAME/bytes and NAME/ends; of entries NAME/key and
// NAME/value.
template <class T>
void visit_column(Column<T>& column, engine::StateVisitor& visitor, std::string const& name) {
  using column_fields::show;
  static_assert(!std::is_same_v<T, Point>,
                "pel: points are read again, or kept, but not named: name what is made of them");
  if constexpr (ColumnEntry<T>) {
    visit_column(column.keys(), visitor, name + "/key");
    visit_column(column.values(), visitor, name + "/value");
  } else if constexpr (Text<T>) {
    show(visitor, field_info<std::uint8_t>(name + "/bytes"), column.text(), column.text().size());
    show(visitor, field_info<std::uint64_t>(name + "/ends"), column.ends(), column.ends().size());
  } else {
    show(visitor, column_info<T>(name), column.vector(), column.size());
  }
}

// Returns how many of the fields it is made of.
template <class T>
std::size_t load_column(Column<T>& column, std::vector<store::FieldView> const& fields, std::string const& name) {
  using column_fields::copy;
  using column_fields::find;
  if constexpr (ColumnEntry<T>)
    return load_column(column.keys(), fields, name + "/key") + load_column(column.values(), fields, name + "/value");
  else if constexpr (Text<T>)
    return copy(find(fields, field_info<std::uint8_t>(name + "/bytes")), column.text()) +
           copy(find(fields, field_info<std::uint64_t>(name + "/ends")), column.ends());
  else
    return copy(find(fields, column_info<T>(name)), column.vector());
}

}  // namespace pel::data
