// The three archives that visit a kernel's serialize(): to save its fields, to load them, to find its halos.
#pragma once

#include <array>
#include <boost/mpl/bool.hpp>
#include <boost/serialization/nvp.hpp>
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

#include "base/element_type.hpp"
#include "pel/codec.hpp"
#include "pel/halo.hpp"
#include "pel/partition.hpp"
#include "store/field.hpp"

namespace pel::archive {

// How a type lies in a dataset: `rows` of `shape` elements, or as opaque bytes.
template <class T>
struct Row {  // of a type that is no row
  static constexpr bool typed = false;
};
template <base::Element T>
struct Row<T> {
  static constexpr bool typed = true;
  static constexpr auto type = base::element_type<T>();
  static std::vector<std::uint64_t> shape() { return {}; }
};
template <base::Element T, std::size_t n>
struct Row<std::array<T, n>> {
  static constexpr bool typed = n > 0;
  static constexpr auto type = base::element_type<T>();
  static std::vector<std::uint64_t> shape() { return {n}; }
};

template <class T>
inline constexpr bool is_typed_vector = false;
template <class T>
inline constexpr bool is_typed_vector<std::vector<T>> = Row<T>::typed && !std::is_same_v<T, bool>;
template <class T>
inline constexpr bool is_halo = false;
template <class T>
inline constexpr bool is_halo<Halo<T>> = true;
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

class Saver : public ArchiveTraits<true> {
 public:
  Saver(PartitionId partition, std::string prefix) : partition_(partition), prefix_(std::move(prefix)) {}

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
  [[nodiscard]] std::vector<store::Field> take() { return std::move(fields_); }

  template <class T>
  void save(std::string const& name, T const& value) {
    if constexpr (is_halo<T>) {
      save(name, value.own_values());
    } else if constexpr (Row<T>::typed) {
      add({prefix_ + name, Row<T>::type, Row<T>::shape(), false}, 1, std::as_bytes(std::span(&value, 1)));
    } else if constexpr (is_typed_vector<T>) {
      using Element = typename T::value_type;
      add({prefix_ + name, Row<Element>::type, Row<Element>::shape(), false}, value.size(),
          std::as_bytes(std::span(value)));
    } else {
      std::vector<std::byte> bytes;
      codec::Writer<std::string>(bytes).put(value);  // always an archive, so that it says what it holds
      add({prefix_ + name, base::ElementType::u8, {}, true}, bytes.size(), bytes);
    }
  }

 private:
  void add(store::FieldInfo info, std::uint64_t rows, std::span<std::byte const> bytes) {
    fields_.push_back({std::move(info), {{partition_, rows, {bytes.begin(), bytes.end()}}}});
  }

  PartitionId partition_;
  std::string prefix_;
  std::vector<store::Field> fields_;
};

class Loader : public ArchiveTraits<false> {
 public:
  Loader(std::vector<store::Field> const& fields, std::string prefix) : fields_(fields), prefix_(std::move(prefix)) {}

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
    auto const* const slice = find(name);
    if (slice == nullptr) throw std::out_of_range("the checkpoint has no field " + prefix_ + name);
    if constexpr (is_halo<T>) {
      std::vector<typename T::Value> values;
      load(name, values);
      value.store(values);
    } else if constexpr (Row<T>::typed) {
      copy(*slice, &value, sizeof value);
    } else if constexpr (is_typed_vector<T>) {
      value.resize(slice->rows);
      copy(*slice, value.data(), value.size() * sizeof(typename T::value_type));
    } else {
      codec::Reader<std::string>(slice->bytes).take(value);
    }
  }

 private:
  [[nodiscard]] store::Slice const* find(std::string const& name) const {
    for (auto const& field : fields_)
      if (field.info.name == prefix_ + name && !field.slices.empty()) return &field.slices.front();
    return nullptr;
  }
  static void copy(store::Slice const& slice, void* to, std::size_t bytes) {
    if (slice.bytes.size() != bytes) throw std::length_error("a field of the checkpoint has another size");
    if (bytes > 0) std::memcpy(to, slice.bytes.data(), bytes);
  }

  std::vector<store::Field> const& fields_;
  std::string prefix_;
};

// Binds the halos that serialize() names; of all other fields it only looks at the names, which must differ.
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
      if constexpr (is_halo<Value>) named.value().bind(registry_, named.name());
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
