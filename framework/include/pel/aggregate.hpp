// Aggregates: what all partitions know of each other a superstep later. A monoid: its default value, and += .
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

#include "pel/fields.hpp"

namespace pel {

// A kernel that contributes nothing.
struct NoAggregate {
  NoAggregate& operator+=(NoAggregate const&) noexcept { return *this; }
};

// The Aggregate of a kernel; of one that names none, a sentence and NoAggregate.
template <class Kernel>
consteval auto aggregate_of() {
  constexpr bool named = requires { typename Kernel::Aggregate; };
  static_assert(named, "pel: a kernel names its aggregate: using Aggregate = pel::Sum<double>, or pel::NoAggregate");
  if constexpr (named)
    return std::type_identity<typename Kernel::Aggregate>();
  else
    return std::type_identity<NoAggregate>();
}
template <class Kernel>
using AggregateOf = typename decltype(aggregate_of<Kernel>())::type;

// The sum, a left fold from partition 0 up: the same bits wherever partitions lie. Of vectors: element by element, a
// shorter one counting as filled up with zeros.
template <class T>
struct Sum {
  T value{};
  Sum& operator+=(Sum const& other) {
    value += other.value;
    return *this;
  }
  void serialize(auto& archive, unsigned) { fields(archive, "value", value); }
};

template <class T>
struct Sum<std::vector<T>> {
  std::vector<T> value{};
  Sum& operator+=(Sum const& other) {
    if (value.size() < other.value.size()) value.resize(other.value.size());
    for (std::size_t i = 0; i < other.value.size(); ++i) value[i] += other.value[i];
    return *this;
  }
  void serialize(auto& archive, unsigned) { fields(archive, "value", value); }
};

// The least value; of none, the greatest there is.
template <class T>
struct Min {
  T value = std::numeric_limits<T>::has_infinity ? std::numeric_limits<T>::infinity() : std::numeric_limits<T>::max();
  Min& operator+=(Min const& other) {
    value = std::min(value, other.value);
    return *this;
  }
  void serialize(auto& archive, unsigned) { fields(archive, "value", value); }
};

// The greatest value; of none, the least there is.
template <class T>
struct Max {
  T value =
      std::numeric_limits<T>::has_infinity ? -std::numeric_limits<T>::infinity() : std::numeric_limits<T>::lowest();
  Max& operator+=(Max const& other) {
    value = std::max(value, other.value);
    return *this;
  }
  void serialize(auto& archive, unsigned) { fields(archive, "value", value); }
};

// The k greatest of all, greatest first; of equal ones those of lower partitions come first.
// T needs operator> and a serialize() or to be trivially copyable.
// Example: Top<10, std::pair<double, std::string>>{{{0.15, "libc6"}}}.
template <std::size_t k, class T>
struct Top {
  std::vector<T> value{};  // sorted, at most k
  Top& operator+=(Top const& other) {
    std::vector<T> merged;
    std::merge(value.begin(), value.end(), other.value.begin(), other.value.end(), std::back_inserter(merged),
               [](T const& a, T const& b) { return a > b; });
    if (merged.size() > k) merged.resize(k);
    value = std::move(merged);
    return *this;
  }
  // Takes one more into account.
  void add(T item) {
    if (value.size() == k && !(item > value.back())) return;
    auto const at = std::upper_bound(value.begin(), value.end(), item, [](T const& a, T const& b) { return a > b; });
    value.insert(at, std::move(item));
    if (value.size() > k) value.pop_back();
  }
  void serialize(auto& archive, unsigned) { fields(archive, "value", value); }
};

// Two aggregates side by side.
template <class A, class B>
struct Both {
  A first{};
  B second{};
  Both& operator+=(Both const& other) {
    first += other.first;
    second += other.second;
    return *this;
  }
  void serialize(auto& archive, unsigned) { fields(archive, "first", first, "second", second); }
};

}  // namespace pel
