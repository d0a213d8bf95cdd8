// Named state as typed datasets of a checkpoint, and back: the archives that a value's serialize() is given.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/element_row.hpp"
#include "engine/state_visitor.hpp"
#include "store/field.hpp"

namespace pel::data {

template <class T>
[[nodiscard]] store::FieldInfo field_info(std::string name) {
  return {std::move(name), base::Row<T>::type, base::Row<T>::shape(), false};
}

// What a checkpoint holds under a name is of another type than the program's.
class OtherType : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Shows a value to a visitor of checkpoints: one that names members as NAME/MEMBER, all else as NAME.
class StateSaver {
 public:
  StateSaver(engine::StateVisitor& visitor, std::string name) : visitor_(visitor), name_(std::move(name)) {}

  template <class Named>
  StateSaver& operator&(Named const& named) {
    StateSaver(visitor_, name_ + "/" + named.name()).save(named.const_value());
    return *this;
  }
  template <class T>
  void save(T const& value) {
    if constexpr (base::Row<T>::typed) {
      show(field_info<T>(name_), std::span(&value, 1));
    } else if constexpr (base::is_typed_vector<T>) {
      show(field_info<typename T::value_type>(name_), std::span(value));
    } else {
      constexpr bool named = requires(T & writable) { writable.serialize(*this, 0U); };
      static_assert(named,
                    "pel: state is a number, an std::array or std::vector of numbers, or names its members: void "
                    "serialize(auto& archive, unsigned) { pel::fields(archive, \"name\", member); }");
      if constexpr (named) const_cast<T&>(value).serialize(*this, 0U);  // an archive that saves only looks
    }
  }

 private:
  template <class T>
  void show(store::FieldInfo const& info, std::span<T> values) {
    visitor_.visit(info, values.size(), visitor_.wants_bytes() ? std::as_bytes(values) : std::span<std::byte const>{});
  }
  engine::StateVisitor& visitor_;
  std::string name_;
};

// The reverse. Throws: OtherType where a field is missing or of another type.
class StateLoader {
 public:
  StateLoader(std::vector<store::FieldView> const& fields, std::string name)
      : fields_(fields), name_(std::move(name)) {}

  template <class Named>
  StateLoader& operator&(Named const& named) {
    StateLoader(fields_, name_ + "/" + named.name()).load(named.value());
    return *this;
  }
  template <class T>
  void load(T& value) const {
    if constexpr (base::Row<T>::typed) {
      copy(find(field_info<T>(name_)), &value, sizeof value);
    } else if constexpr (base::is_typed_vector<T>) {
      auto const& field = find(field_info<typename T::value_type>(name_));
      value.resize(field.rows);
      copy(field, value.data(), value.size() * sizeof(typename T::value_type));
    } else {
      StateLoader loader(fields_, name_);
      value.serialize(loader, 0U);
    }
  }

 private:
  [[nodiscard]] store::FieldView const& find(store::FieldInfo const& wanted) const {
    for (auto const& field : fields_)
      if (field.info == wanted) return field;
    throw OtherType("no field " + wanted.name + " of the program's type");
  }
  static void copy(store::FieldView const& field, void* to, std::size_t bytes) {
    if (field.bytes.size() != bytes) throw OtherType("field " + field.info.name + " has another size");
    if (bytes > 0) std::memcpy(to, field.bytes.data(), bytes);
  }
  std::vector<store::FieldView> const& fields_;
  std::string name_;
};

}  // namespace pel::data
