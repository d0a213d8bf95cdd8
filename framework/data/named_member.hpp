// A member of a value, named for archives.
#pragma once

namespace pel::data {

// What boost::serialization::make_nvp() gives, without its headers.
// Example: void serialize(auto& archive, unsigned) { archive& data::NamedMember{"width", width_}; }
template <class T>
struct NamedMember {
  char const* label;
  T& member;
  [[nodiscard]] char const* name() const noexcept { return label; }
  [[nodiscard]] T& value() const noexcept { return member; }
  [[nodiscard]] T const& const_value() const noexcept { return member; }
};
template <class T>
NamedMember(char const*, T&) -> NamedMember<T>;

}  // namespace pel::data
