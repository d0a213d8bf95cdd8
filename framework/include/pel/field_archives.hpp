// The three archives that visit a kernel's serialize(): to save its fields, to load them, to find its shared fields.
#pragma once

#include <array>
#include <boost/mpl/bool.hpp>
#include <boost/serialization/nvp.hpp>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/element_row.hpp"
#include "base/element_type.hpp"
#include "engine/halo_registry.hpp"
#include "engine/state_visitor.hpp"
#include "pel/codec.hpp"
#include "pel/partition.hpp"
#include "store/field.hpp"

namespace pel::archive {

using base::is_typed_vector;
using base::Row;

// Fields that all partitions of a rank share. A checkpoint holds the own values of those that have any.
template <class T>
concept SharedField = requires(T& field, engine::HaloRegistry& registry, std::string const& name) {
  field.bind(registry, name);
  { field.number() } -> std::same_as<unsigned>;
};
template <class T>
concept StoredField = SharedField<T> && requires {
  typename T::Value;
};
template <class T>
inline constexpr bool is_named = false;
template <class T>
inline constexpr bool is_named<boost::serialization::nvp<T>> = true;

// What Boost.Serialization's own types expect of an archive, beside `&`.
template <bool saving>
struct ArchiveTraits {
  using is_saving = boost::mpl::bool_<saving>;
  using is_loading = boost::mpl::bool_<!saving>;
};

template <class T>
constexpr void must_be_named() {
  static_assert(is_named<T>, "pel: name every field: pel::fields(archive, \"name\", member)");
}

// Shows each field to the visitor, in place where it lies in memory as it goes into the file.
class Saver : public ArchiveTraits<true> {
 public:
  Saver(engine::StateVisitor& visitor, std::string prefix) : visitor_(visitor), prefix_(std::move(prefix)) {}

  template <class T>
  Saver& operator&(T const& named) {
    must_be_named<T>();
    if constexpr (is_named<T>) save(named.name(), named.const_value());
    return *this;
  }
  template <class T>
  Saver& operator<<(T const& named) {
    return *this & named;
  }

  template <class T>
  void save(std::string const& name, T const& value) {
    if constexpr (StoredField<T>) {
      using Value = typename T::Value;
      if constexpr (Row<Value>::typed)
        show(name, Row<Value>{}, value.own_values());
      else
        save(name, std::vector<Value>(value.own_values().begin(), value.own_values().end()));
    } else if constexpr (SharedField<T>) {
      // remade by the kernel
    } else if constexpr (Row<T>::typed) {
      show(name, Row<T>{}, std::span(&value, 1));
    } else if constexpr (is_typed_vector<T>) {
      show(name, Row<typename T::value_type>{}, std::span(value));
    } else if (visitor_.wants_archives()) {
      std::vector<std::byte> bytes;
      codec::Writer<std::string>(bytes).put(value);  // always an archive, so that it says what it holds
      visitor_.visit({prefix_ + name, base::ElementType::u8, {}, true}, bytes.size(), bytes);
    }
  }

  // Keys and values of an inbox, apart.
  template <class Mail>
  void save_mail(Mail const& mail) {
    save_column<typename Mail::Key>(
        "key", mail, [](auto const& letter) -> auto const& { return letter.first; });
    save_column<typename Mail::Value>(
        "value", mail, [](auto const& letter) -> auto const& { return letter.second; });
  }

 private:
  template <class R, class T>
  void show(std::string const& name, R, std::span<T> values) {
    visitor_.visit({prefix_ + name, R::type, R::shape(), false}, values.size(),
                   visitor_.wants_bytes() ? std::as_bytes(values) : std::span<std::byte const>{});
  }

  template <class T, class Mail, class Member>
  void save_column(std::string const& name, Mail const& mail, Member const& member) {
    constexpr bool typed = is_typed_vector<std::vector<T>>;
    if constexpr (typed) {
      if (!visitor_.wants_bytes()) {
        visitor_.visit({prefix_ + name, Row<T>::type, Row<T>::shape(), false}, mail.size(), {});
        return;
      }
    }
    if (!typed && !visitor_.wants_archives()) return;
    std::vector<T> column;
    column.reserve(mail.size());
    for (auto const& letter : mail) column.push_back(member(letter));
    save(name, column);
  }

  engine::StateVisitor& visitor_;
  std::string prefix_;
};

class Loader : public ArchiveTraits<false> {
 public:
  Loader(std::vector<store::FieldView> const& fields, std::string prefix)
      : fields_(fields), prefix_(std::move(prefix)) {}

  template <class T>
  Loader& operator&(T const& named) {
    must_be_named<T>();
    if constexpr (is_named<T>) load(named.name(), named.value());
    return *this;
  }
  template <class T>
  Loader& operator>>(T const& named) {
    return *this & named;
  }

  template <class T>
  void load(std::string const& name, T& value) const {
    if constexpr (SharedField<T> && !StoredField<T>) return;
    auto const* const field = find(name);
    if (field == nullptr) throw std::out_of_range("the checkpoint has no field " + prefix_ + name);
    if constexpr (StoredField<T>) {
      std::vector<typename T::Value> values;
      load(name, values);
      value.store(values);
    } else if constexpr (Row<T>::typed) {
      copy(*field, &value, sizeof value);
    } else if constexpr (is_typed_vector<T>) {
      value.resize(field->rows);
      copy(*field, value.data(), value.size() * sizeof(typename T::value_type));
    } else if constexpr (!SharedField<T>) {
      std::vector<std::byte> archive;
      codec::Reader<std::string>(field->in_memory(archive)).take(value);
    }
  }

 private:
  [[nodiscard]] store::FieldView const* find(std::string const& name) const {
    for (auto const& field : fields_)
      if (field.info.name == prefix_ + name) return &field;
    return nullptr;
  }
  static void copy(store::FieldView const& field, void* to, std::size_t bytes) {
    if (field.size() != bytes) throw std::length_error("a field of the checkpoint has another size");
    if (bytes > 0) field.copy_to({static_cast<std::byte*>(to), bytes});
  }

  std::vector<store::FieldView> const& fields_;
  std::string prefix_;
};

// Binds the shared fields that serialize() names; of all other fields it only looks at the names, which must differ.
class HaloFinder : public ArchiveTraits<true> {
 public:
  explicit HaloFinder(engine::HaloRegistry& registry) : registry_(registry) {}
  template <class T>
  HaloFinder& operator&(T const& named) {
    must_be_named<T>();
    if constexpr (is_named<T>) {
      if (!names_.insert(named.name()).second)
        throw std::logic_error(std::string("serialize() names two fields ") + named.name());
      using Value = std::remove_cvref_t<decltype(named.value())>;
      if constexpr (SharedField<Value>) named.value().bind(registry_, named.name());
    }
    return *this;
  }
  template <class T>
  HaloFinder& operator<<(T const& named) {
    return *this & named;
  }

 private:
  engine::HaloRegistry& registry_;
  std::set<std::string> names_;
};

}  // namespace pel::archive
