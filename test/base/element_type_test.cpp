#include "base/element_type.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

using pel::base::element_type;
using pel::base::ElementType;
using pel::base::name_of;
using pel::base::size_of;

namespace {

template <class T>
bool is(ElementType type, std::string const& name) {
  return element_type<T>() == type && size_of(type) == sizeof(T) && name_of(type) == name;
}

}  // namespace

TEST_CASE("each arithmetic type has its element type, size and name") {
  CHECK(is<std::int8_t>(ElementType::i8, "int8"));
  CHECK(is<std::uint8_t>(ElementType::u8, "uint8"));
  CHECK(is<std::int16_t>(ElementType::i16, "int16"));
  CHECK(is<std::uint16_t>(ElementType::u16, "uint16"));
  CHECK(is<std::int32_t>(ElementType::i32, "int32"));
  CHECK(is<std::uint32_t>(ElementType::u32, "uint32"));
  CHECK(is<std::int64_t>(ElementType::i64, "int64"));
  CHECK(is<std::uint64_t>(ElementType::u64, "uint64"));
  CHECK(is<float>(ElementType::f32, "float32"));
  CHECK(is<double>(ElementType::f64, "float64"));
  CHECK(is<bool>(ElementType::boolean, "bool"));
  CHECK(is<long long>(ElementType::i64, "int64"));
}

TEST_CASE("types without a name outside are no elements") {
  CHECK_FALSE(pel::base::Element<long double>);
  CHECK_FALSE(pel::base::Element<wchar_t>);
  CHECK_FALSE(pel::base::Element<char32_t>);
  CHECK_FALSE(pel::base::Element<std::string>);
  CHECK_FALSE(pel::base::Element<ElementType>);
}
