// Keys in order: what sort_by compares.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "base/element_type.hpp"

namespace pel::data {

// The beginning of a key as numbers that are in the order of keys: most comparisons need no more.
struct KeyHead {
  std::uint64_t first = 0;
  std::uint32_t second = 0;
  friend auto operator<=>(KeyHead const&, KeyHead const&) = default;
};

[[nodiscard]] inline KeyHead head_of_bytes(char const* bytes, std::size_t n) noexcept {
  std::array<unsigned char, 12> head{};
  if (n > 0) std::memcpy(head.data(), bytes, std::min(n, head.size()));  // an empty text may lie nowhere
  std::uint64_t first = 0;
  std::uint32_t second = 0;
  std::memcpy(&first, head.data(), sizeof first);
  std::memcpy(&second, head.data() + sizeof first, sizeof second);
  if constexpr (std::endian::native == std::endian::little)
    return {__builtin_bswap64(first), __builtin_bswap32(second)};
  return {first, second};
}

// Keys: integers, floating-point numbers (-0 before 0, NaN not allowed), texts and arrays of bytes by their bytes.
template <class K>
struct SortKey {
  static_assert(std::is_arithmetic_v<K>, "pel: sort_by takes a key that is a number, a text or an std::array of bytes");
  static constexpr bool head_is_all = true;
  [[nodiscard]] static KeyHead head(K key) noexcept {
    constexpr auto sign = std::uint64_t{1} << 63U;
    if constexpr (std::floating_point<K>) {
      auto const bits = std::bit_cast<std::uint64_t>(static_cast<double>(key));
      return {(bits & sign) != 0 ? ~bits : bits | sign, 0};
    } else if constexpr (std::is_signed_v<K>) {
      return {static_cast<std::uint64_t>(static_cast<std::int64_t>(key)) ^ sign, 0};
    } else {
      return {static_cast<std::uint64_t>(key), 0};
    }
  }
  [[nodiscard]] static bool less(K a, K b) noexcept { return head(a) < head(b); }
};

template <>
struct SortKey<std::string_view> {
  static constexpr bool head_is_all = false;
  [[nodiscard]] static KeyHead head(std::string_view key) noexcept { return head_of_bytes(key.data(), key.size()); }
  [[nodiscard]] static bool less(std::string_view a, std::string_view b) noexcept { return a < b; }
};

template <std::size_t n>
struct SortKey<std::array<std::uint8_t, n>> {
  using Key = std::array<std::uint8_t, n>;
  static constexpr bool head_is_all = n <= 12;
  [[nodiscard]] static KeyHead head(Key const& key) noexcept {
    return head_of_bytes(reinterpret_cast<char const*>(key.data()), n);
  }
  [[nodiscard]] static bool less(Key const& a, Key const& b) noexcept { return std::memcmp(a.data(), b.data(), n) < 0; }
};

}  // namespace pel::data
