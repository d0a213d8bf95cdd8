// Keys, values and combiners of many kinds, each made of a random number, each with a text that has all its bits.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <limits>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "pel/fields.hpp"
#include "pel/message.hpp"

namespace pel::test::kinds {

// A key that is no integer, has no hash and is serialised.
struct Place {
  std::string town;
  int number = 0;
  void serialize(auto& archive, unsigned) { fields(archive, "town", town, "number", number); }
  friend bool operator<(Place const& a, Place const& b) {
    return std::tie(a.town, a.number) < std::tie(b.town, b.number);
  }
  friend bool operator==(Place const&, Place const&) = default;
};

enum class Colour : std::int32_t {};

// A value that travels as packed bytes.
struct Interval {
  float least = 0, greatest = 0;
  void serialize(auto& archive, unsigned) { fields(archive, "least", least, "greatest", greatest); }
};
struct Hull {
  Interval operator()(Interval a, Interval b) const { return {a.least + b.least, std::max(a.greatest, b.greatest)}; }
};

// 512 bytes.
using Page = std::array<std::uint64_t, 64>;

// Neither commutative nor associative.
struct Nest {
  std::string operator()(std::string a, std::string const& b) const {
    if (a.size() + b.size() > 400) return std::to_string(base::hash_text(a + "|" + b));
    return "(" + std::move(a) + b + ")";
  }
};
struct Join {
  std::vector<int> operator()(std::vector<int> a, std::vector<int> const& b) const {
    a.insert(a.end(), b.begin(), b.end());
    return a;
  }
};
struct Differ {
  bool operator()(bool a, bool b) const { return a != b; }
};

template <class T>
T value_of(std::uint64_t draw) {
  if constexpr (std::is_same_v<T, double>) {
    if (draw % 13 == 0) return -0.0;  // has a sign to keep
    // Of widely differing sizes: any other order of adding gives other bits.
    return static_cast<double>(static_cast<std::int64_t>(draw >> (draw % 50))) * 0x1p-30;
  } else if constexpr (std::is_same_v<T, std::string>) {
    return std::string(draw % 20, 'x') + std::to_string(draw % 1000);
  } else if constexpr (std::is_same_v<T, Interval>) {
    return {static_cast<float>(draw % 1000) * 0.1F, static_cast<float>(draw % 977)};
  } else if constexpr (std::is_same_v<T, std::vector<int>>) {
    return std::vector<int>(draw % 4, static_cast<int>(draw % 100));
  } else if constexpr (std::is_same_v<T, Page>) {
    Page page;
    for (auto& word : page) word = draw = base::mix64(draw);
    return page;
  } else {
    return static_cast<T>(draw % 2 == 0 ? draw : 0);
  }
}

template <class T>
std::string text_of(T const& value) {
  if constexpr (std::is_same_v<T, double>) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%a", value);
    return text.data();
  } else if constexpr (std::is_same_v<T, std::string>) {
    return value;
  } else if constexpr (std::is_same_v<T, Place>) {
    return value.town + ":" + std::to_string(value.number);
  } else if constexpr (std::is_same_v<T, Interval>) {
    return text_of(double{value.least}) + ":" + text_of(double{value.greatest});
  } else if constexpr (std::is_same_v<T, Page>) {
    return std::to_string(base::hash_text({reinterpret_cast<char const*>(value.data()), sizeof value}));
  } else if constexpr (std::is_same_v<T, std::vector<int>>) {
    std::string text;
    for (auto const item : value) text += std::to_string(item) + ",";
    return text.size() < 400 ? text : std::to_string(base::hash_text(text));
  } else if constexpr (std::is_enum_v<T>) {
    return std::to_string(static_cast<std::int64_t>(value));
  } else {
    return std::to_string(value);
  }
}

template <class KeyType, class ValueType, class CombinerType>
struct Kind {
  using Key = KeyType;
  using Value = ValueType;
  using Combiner = CombinerType;
  static Value value(std::uint64_t draw) { return value_of<Value>(draw); }
};

// `number` counts the keys of a plan from 0.
template <class Value, class Combiner>
struct DenseKeys : Kind<std::int64_t, Value, Combiner> {
  static std::int64_t key(std::uint64_t number) { return static_cast<std::int64_t>(number) - 7; }
};
template <class Value, class Combiner>
struct SparseKeys : Kind<std::int64_t, Value, Combiner> {
  static std::int64_t key(std::uint64_t number) { return static_cast<std::int64_t>(base::mix64(number)); }
};
template <class Value, class Combiner>
struct UnsignedKeys : Kind<std::uint64_t, Value, Combiner> {
  static std::uint64_t key(std::uint64_t number) { return (std::uint64_t{1} << 63U) - 5 + number; }
};
// The keys at both ends of their type.
template <class Value, class Combiner>
struct EndKeys : Kind<std::int64_t, Value, Combiner> {
  static std::int64_t key(std::uint64_t number) {
    auto const offset = static_cast<std::int64_t>(number / 2 % 1000);
    return number % 2 == 0 ? std::numeric_limits<std::int64_t>::max() - offset
                           : std::numeric_limits<std::int64_t>::min() + offset;
  }
};
template <class Value, class Combiner>
struct LastKeys : Kind<std::uint64_t, Value, Combiner> {
  static std::uint64_t key(std::uint64_t number) { return ~number; }
};
template <class Value, class Combiner>
struct ByteKeys : Kind<std::int8_t, Value, Combiner> {
  static std::int8_t key(std::uint64_t number) { return static_cast<std::int8_t>(number); }
};
template <class Value, class Combiner>
struct ColourKeys : Kind<Colour, Value, Combiner> {
  static Colour key(std::uint64_t number) { return static_cast<Colour>(10 - static_cast<int>(number)); }
};
template <class Value, class Combiner>
struct TextKeys : Kind<std::string, Value, Combiner> {
  static std::string key(std::uint64_t number) { return "key " + std::to_string(number); }
};
template <class Value, class Combiner>
struct StructKeys : Kind<Place, Value, Combiner> {
  static Place key(std::uint64_t number) { return {"town " + std::to_string(number % 7), static_cast<int>(number)}; }
};

}  // namespace pel::test::kinds
