// Elements as bytes, one behind the other, as they travel: plain ones as they lie in memory, texts behind their length,
// numbers that are mostly small in as few bytes as they need.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "base/varint.hpp"
#include "data/element.hpp"

namespace pel::data {

template <class T>
[[nodiscard]] constexpr std::size_t packed_size(ViewOf<T> const& element) noexcept {
  if constexpr (Text<T>)
    return base::varint_bytes(element.size()) + element.size();
  else if constexpr (ColumnEntry<T>)
    return packed_size<typename EntryParts<T>::Key>(element.key) +
           packed_size<typename EntryParts<T>::Value>(element.value);
  else
    return sizeof(T);
}

// Writes it at `to`; returns what is behind.
template <class T>
inline std::byte* pack(ViewOf<T> const& element, std::byte* to) noexcept {
  if constexpr (Text<T>) {
    to = base::put_varint(to, element.size());
    if (!element.empty()) std::memcpy(to, element.data(), element.size());
    return to + element.size();
  } else if constexpr (ColumnEntry<T>) {
    to = pack<typename EntryParts<T>::Key>(element.key, to);
    return pack<typename EntryParts<T>::Value>(element.value, to);
  } else {
    std::memcpy(to, &element, sizeof(T));
    return to + sizeof(T);
  }
}

// Reads the element at `from`, and moves behind it. A text is seen where it lies. Requires: pack() wrote it.
template <class T>
[[nodiscard]] inline ViewOf<T> unpack(std::byte const*& from) noexcept {
  if constexpr (Text<T>) {
    std::uint64_t n = 0;
    from = base::take_varint(from, from + base::most_varint_bytes, n);
    std::string_view const text(reinterpret_cast<char const*>(from), n);
    from += n;
    return text;
  } else if constexpr (ColumnEntry<T>) {
    auto const key = unpack<typename EntryParts<T>::Key>(from);
    auto const value = unpack<typename EntryParts<T>::Value>(from);
    return {key, value};
  } else {
    T element;
    std::memcpy(&element, from, sizeof(T));
    from += sizeof(T);
    return element;
  }
}

// Values that are folded: whole numbers are mostly counts, and small. Zigzag: 0, -1, 1, -2 become 0, 1, 2, 3.
template <class V>
concept Counted = std::integral<V> && sizeof(V) >= 4;

template <class V>
[[nodiscard]] constexpr std::uint64_t zigzag(V value) noexcept {
  auto const bits = static_cast<std::uint64_t>(static_cast<std::int64_t>(value));
  if constexpr (std::is_signed_v<V>) return bits << 1U ^ (value < 0 ? ~std::uint64_t{0} : 0);
  return static_cast<std::uint64_t>(value);
}

template <class V>
[[nodiscard]] constexpr std::size_t packed_value_size(V const& value) noexcept {
  if constexpr (Counted<V>) return base::varint_bytes(zigzag(value));
  return sizeof(V);
}
template <class V>
inline std::byte* pack_value(V const& value, std::byte* to) noexcept {
  if constexpr (Counted<V>) return base::put_varint(to, zigzag(value));
  return pack<V>(value, to);
}
template <class V>
[[nodiscard]] inline V unpack_value(std::byte const*& from) noexcept {
  if constexpr (Counted<V>) {
    std::uint64_t bits = 0;
    from = base::take_varint(from, from + base::most_varint_bytes, bits);
    if constexpr (std::is_signed_v<V>) return static_cast<V>(bits >> 1U ^ (~(bits & 1U) + 1));
    return static_cast<V>(bits);
  } else {
    return unpack<V>(from);
  }
}

}  // namespace pel::data
