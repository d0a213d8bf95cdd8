// Values as bytes: what travels to be folded, and what all ranks have alike. Light: no archive of Boost's.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

namespace pel::data {

// Visits a value's serialize(archive, version), which names its members with pel::fields. Plain members, texts, vectors
// of such, and what has a serialize() of its own.
class ByteWriter {
 public:
  explicit ByteWriter(std::vector<std::byte>& bytes) : bytes_(bytes) {}

  template <class Named>
  ByteWriter& operator&(Named const& named) {
    put(named.const_value());
    return *this;
  }
  // Of members that need no name.
  template <class T>
  void put_or_take(T& value) {
    put(value);
  }
  template <class T>
  void put(T const& value) {
    if constexpr (requires(T & writable) { writable.serialize(*this, 0U); }) {
      const_cast<T&>(value).serialize(*this, 0U);  // an archive that writes only looks
    } else if constexpr (requires {
                           typename T::value_type;
                           value.size();
                           value.data();
                         } &&
                         !std::is_array_v<T> && !std::is_trivially_copyable_v<T>) {
      raw(std::uint64_t{value.size()});
      if constexpr (std::is_trivially_copyable_v<typename T::value_type>)
        append(value.data(), value.size() * sizeof(typename T::value_type));
      else
        for (auto const& part : value) put(part);
    } else {
      static_assert(std::is_trivially_copyable_v<T>,
                    "pel: what is folded or carried on is trivially copyable, a text, a vector, or names its members: "
                    "void serialize(auto& archive, unsigned) { pel::fields(archive, \"name\", member); }");
      raw(value);
    }
  }

 private:
  template <class T>
  void raw(T const& value) {
    append(&value, sizeof value);
  }
  void append(void const* from, std::size_t n) {
    auto const at = bytes_.size();
    bytes_.resize(at + n);
    if (n > 0) std::memcpy(bytes_.data() + at, from, n);
  }
  std::vector<std::byte>& bytes_;
};

// The reverse. Throws: std::length_error where bytes are missing.
class ByteReader {
 public:
  explicit ByteReader(std::span<std::byte const> bytes) : rest_(bytes) {}

  template <class Named>
  ByteReader& operator&(Named const& named) {
    take(named.value());
    return *this;
  }
  template <class T>
  void put_or_take(T& value) {
    take(value);
  }
  template <class T>
  void take(T& value) {
    if constexpr (requires { value.serialize(*this, 0U); }) {
      value.serialize(*this, 0U);
    } else if constexpr (std::is_trivially_copyable_v<T>) {
      copy(&value, sizeof value);
    } else {
      std::uint64_t n = 0;
      copy(&n, sizeof n);
      value.resize(n);
      if constexpr (std::is_trivially_copyable_v<typename T::value_type>)
        copy(value.data(), n * sizeof(typename T::value_type));
      else
        for (auto& part : value) take(part);
    }
  }
  [[nodiscard]] std::span<std::byte const> rest() const noexcept { return rest_; }

 private:
  void copy(void* to, std::size_t n) {
    if (n > rest_.size()) throw std::length_error("a value's bytes end early");
    if (n > 0) std::memcpy(to, rest_.data(), n);
    rest_ = rest_.subspan(n);
  }
  std::span<std::byte const> rest_;
};

}  // namespace pel::data
