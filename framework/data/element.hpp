// Elements of datasets: what they are, how a user's function sees them, and how they lie in memory.
//
//   element T                     a function sees               lies as
//   trivially copyable            T const&                      an array
//   std::string                   std::string_view              bytes and where each text ends
//   Entry<K, V>, K or V a text    Entry<string_view, V>         a column each
//
// No layout holds a std::string for each element.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pel::data {

// Whether a T is seen as a U: as itself, or its texts as views.
template <class T, class U>
inline constexpr bool seen_as = std::is_same_v<T, U> ||
                                (!std::is_arithmetic_v<T> && std::is_convertible_v<T const&, U>);

}  // namespace pel::data

namespace pel {

// A key and what belongs to it.
template <class K, class V>
struct Entry {
  K key{};
  V value{};
  friend bool operator==(Entry const&, Entry const&) = default;

  // An entry with texts as functions see it: valid as long as this one.
  template <class SeenKey, class SeenValue>
  requires(!std::is_same_v<Entry<SeenKey, SeenValue>, Entry> && data::seen_as<K, SeenKey> &&
           data::seen_as<V, SeenValue>)
  operator Entry<SeenKey, SeenValue>() const {  // NOLINT(google-explicit-constructor): as std::string to its view
    return {key, value};
  }
};

// Whether all bytes of a plain type belong to its value. Of types that the language cannot tell about, as they hold
// floating-point numbers, whoever knows says so.
template <class T>
inline constexpr bool no_padding = std::has_unique_object_representations_v<T> || std::is_floating_point_v<T>;
template <class T, std::size_t n>
inline constexpr bool no_padding<std::array<T, n>> = no_padding<T>;

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

// Something that looks at what it does not own: it would outlive that.
template <class T>
inline constexpr bool is_view = std::is_pointer_v<T> || std::is_same_v<T, std::string_view>;
template <class T, std::size_t n>
inline constexpr bool is_view<std::span<T, n>> = true;
template <class T, std::size_t n>
inline constexpr bool is_view<std::array<T, n>> = is_view<T>;
template <class A, class B>
inline constexpr bool is_view<std::pair<A, B>> = is_view<A> || is_view<B>;

template <class T>
concept Text = std::is_same_v<T, std::string>;
template <class T>
concept Plain = std::is_trivially_copyable_v<T> && !is_view<T>;
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
// A bool becomes a number, 0 or 1: a std::vector of bools has none that could be looked at.
template <class T>
using ElementOf = std::conditional_t<std::is_same_v<std::remove_cvref_t<T>, bool>, std::uint8_t,
                                     typename Owned<std::remove_cvref_t<T>>::Type>;

template <class T>
struct Seen {
  static_assert(Plain<T>,
                "pel: an element is trivially copyable and owns what it holds, a std::string, or a pel::Entry of such; "
                "put the variable part of yours into one text");
  static_assert(!std::is_same_v<T, bool>, "pel: an element is no bool, but a std::uint8_t");
  using Type = T;
  using Block = std::span<T const>;
};
template <>
struct Seen<std::string> {
  using Type = std::string_view;
  using Block = std::span<std::string_view const>;
};
template <class K, class V>
requires ColumnEntry<Entry<K, V>>
struct Seen<Entry<K, V>> {
  using Type = Entry<typename Seen<K>::Type, typename Seen<V>::Type>;
  using Block = std::span<Type const>;
};
// What functions see of an element T, and of a block of them.
template <class T>
using ViewOf = typename Seen<T>::Type;
template <class T>
using BlockOf = typename Seen<T>::Block;

}  // namespace pel::data
