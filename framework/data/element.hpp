// Elements of datasets: what they are, how a user's function sees them, and how they lie in memory and on the wire.
//
//   element T                     a function sees               lies as
//   trivially copyable            T const&                      an array
//   std::string                   std::string_view              bytes and where each text ends
//   Entry<K, V>, K or V a text    Entry<string_view, V>         a column each
//
// No layout holds a std::string for each element.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pel {

// A key and what belongs to it.
template <class K, class V>
struct Entry {
  K key{};
  V value{};
  friend bool operator==(Entry const&, Entry const&) = default;
};

}  // namespace pel

namespace pel::data {

template <class T>
struct EntryParts {
  static constexpr bool is_entry = false;
};
template <class K, class V>
struct EntryParts<Entry<K, V>> {
  static constexpr bool is_entry = true;
  using Key = K;
  using Value = V;
};

template <class T>
concept Text = std::is_same_v<T, std::string>;
template <class T>
concept Plain = std::is_trivially_copyable_v<T> && !std::is_pointer_v<T> && !std::is_same_v<T, std::string_view>;
template <class T>
concept ColumnEntry = EntryParts<T>::is_entry && !std::is_trivially_copyable_v<T>;

// The element type of what a user's function gives: views become what they look at.
template <class T>
struct Owned {
  using Type = T;
};
template <>
struct Owned<std::string_view> {
  using Type = std::string;
};
template <>
struct Owned<char const*> {
  using Type = std::string;
};
template <class K, class V>
struct Owned<Entry<K, V>> {
  using Type = Entry<typename Owned<K>::Type, typename Owned<V>::Type>;
};
template <class T>
using ElementOf = typename Owned<std::remove_cvref_t<T>>::Type;

template <class T>
struct Seen {
  static_assert(Plain<T>,
                "pel: an element is trivially copyable, a std::string, or a pel::Entry of such; put the variable part "
                "of yours into one text");
  using Type = T;
};
template <>
struct Seen<std::string> {
  using Type = std::string_view;
};
template <class K, class V>
requires ColumnEntry<Entry<K, V>>
struct Seen<Entry<K, V>> {
  using Type = Entry<typename Seen<K>::Type, typename Seen<V>::Type>;
};
// What functions see of an element T.
template <class T>
using ViewOf = typename Seen<T>::Type;

// Elements packed one behind the other: as they lie in memory, texts behind their length (32 bits).
// Requires: texts of less than 4 GiB.
template <class T>
[[nodiscard]] constexpr std::size_t packed_size(ViewOf<T> const& element) noexcept {
  if constexpr (Text<T>)
    return sizeof(std::uint32_t) + element.size();
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
    auto const n = static_cast<std::uint32_t>(element.size());
    std::memcpy(to, &n, sizeof n);
    if (n > 0) std::memcpy(to + sizeof n, element.data(), n);
    return to + sizeof n + n;
  } else if constexpr (ColumnEntry<T>) {
    to = pack<typename EntryParts<T>::Key>(element.key, to);
    return pack<typename EntryParts<T>::Value>(element.value, to);
  } else {
    std::memcpy(to, &element, sizeof(T));
    return to + sizeof(T);
  }
}

// Reads the element at `from`, and moves behind it. A text is seen where it lies.
template <class T>
[[nodiscard]] inline ViewOf<T> unpack(std::byte const*& from) noexcept {
  if constexpr (Text<T>) {
    std::uint32_t n = 0;
    std::memcpy(&n, from, sizeof n);
    std::string_view const text(reinterpret_cast<char const*>(from + sizeof n), n);
    from += sizeof n + n;
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

}  // namespace pel::data
