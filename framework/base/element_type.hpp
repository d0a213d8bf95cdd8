// The element types that have a name outside of PEL: what a checkpoint's dataset or a result's column can hold.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace pel::base {

enum class ElementType : std::uint8_t { i8, u8, i16, u16, i32, u32, i64, u64, f32, f64, boolean };

// Bytes of one element.
[[nodiscard]] constexpr std::size_t size_of(ElementType type) noexcept {
  constexpr std::array<std::size_t, 11> sizes{1, 1, 2, 2, 4, 4, 8, 8, 4, 8, 1};
  return sizes[static_cast<std::size_t>(type)];
}

// "int64", "float64", …: the names NumPy uses.
[[nodiscard]] constexpr char const* name_of(ElementType type) noexcept {
  constexpr std::array<char const*, 11> names{"int8",  "uint8",  "int16",   "uint16",  "int32", "uint32",
                                              "int64", "uint64", "float32", "float64", "bool"};
  return names[static_cast<std::size_t>(type)];
}

// An arithmetic type with an ElementType of its own (long double and wide characters have none).
template <class T>
concept Element = std::is_arithmetic_v<T> && !std::same_as<T, long double> && !std::same_as<T, wchar_t> &&
                  !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;

template <Element T>
[[nodiscard]] constexpr ElementType element_type() noexcept {
  if constexpr (std::same_as<T, bool>) {
    return ElementType::boolean;
  } else if constexpr (std::floating_point<T>) {
    return sizeof(T) == 4 ? ElementType::f32 : ElementType::f64;
  } else {
    constexpr int log2 = sizeof(T) == 1 ? 0 : sizeof(T) == 2 ? 1 : sizeof(T) == 4 ? 2 : 3;
    return static_cast<ElementType>(2 * log2 + (std::is_signed_v<T> ? 0 : 1));
  }
}

}  // namespace pel::base
