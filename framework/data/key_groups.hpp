// Elements by key: which of them have equal ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <vector>

#include "data/key_table.hpp"
#include "data/packed.hpp"

namespace pel::data {

// Elements of one key, in the order of (source partition, position). A forward range; an element is seen where it lies.
template <class T>
class Group {
 public:
  explicit Group(std::span<std::byte const* const> places) : places_(places) {}

  class Iterator {
   public:
    using value_type = ViewOf<T>;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    explicit Iterator(std::byte const* const* at) : at_(at) {}
    [[nodiscard]] ViewOf<T> operator*() const noexcept {
      auto const* from = *at_;
      return unpack<T>(from);
    }
    Iterator& operator++() noexcept {
      ++at_;
      return *this;
    }
    Iterator operator++(int) noexcept {
      auto const before = *this;
      ++at_;
      return before;
    }
    friend bool operator==(Iterator const&, Iterator const&) = default;

   private:
    std::byte const* const* at_ = nullptr;
  };
  [[nodiscard]] Iterator begin() const noexcept { return Iterator(places_.data()); }
  [[nodiscard]] Iterator end() const noexcept { return Iterator(places_.data() + places_.size()); }
  [[nodiscard]] std::size_t size() const noexcept { return places_.size(); }
  [[nodiscard]] bool empty() const noexcept { return places_.empty(); }

 private:
  std::span<std::byte const* const> places_;
};

// Groups packed elements; groups are numbered in order of first appearance. Used again for the next partition.
template <class T, class K>
class KeyGroups {
 public:
  // Bytes that an element needs beside itself, if all keys differ: a pointer twice, its group, where that ends twice,
  // the table.
  static constexpr std::uint64_t beside = 5 * sizeof(std::uint64_t) + KeyTable<K, std::uint32_t>::bytes_a_key;

  void clear() {
    table_.clear();
    places_.clear();
    groups_.clear();
  }
  // `count` elements, packed one behind the other. Returns what is behind. The bytes must stay.
  template <class Key>
  std::byte const* add(std::byte const* from, std::uint64_t count, Key const& key) {
    for (std::uint64_t i = 0; i < count; ++i) {
      auto const* const place = from;
      auto const element = unpack<T>(from);
      auto const& given = key(element);
      ViewOf<K> const of = given;
      auto const found = table_.find(of, key_hash<ViewOf<K>>(of));
      if (found.is_new) found.value = static_cast<std::uint32_t>(table_.size() - 1);
      places_.push_back(place);
      groups_.push_back(found.value);
    }
    return from;
  }
  // All have been added.
  void finish() {
    ends_.assign(table_.size() + 1, 0);
    for (auto const group : groups_) ++ends_[group + 1];
    for (std::size_t g = 1; g < ends_.size(); ++g) ends_[g] += ends_[g - 1];
    ordered_.resize(places_.size());
    auto next = ends_;
    for (std::size_t i = 0; i < places_.size(); ++i) ordered_[next[groups_[i]]++] = places_[i];
  }

  [[nodiscard]] std::size_t size() const noexcept { return table_.size(); }
  [[nodiscard]] ViewOf<K> key(std::size_t group) noexcept { return table_.key_of(table_.slots()[group]); }
  [[nodiscard]] Group<T> operator[](std::size_t group) const noexcept {
    return Group<T>(std::span(ordered_).subspan(ends_[group], ends_[group + 1] - ends_[group]));
  }
  // The group of a key; size() if there is none.
  [[nodiscard]] std::size_t find(ViewOf<K> const& key) const {
    auto const* const found = table_.look(key, key_hash<ViewOf<K>>(key));
    return found == nullptr ? size() : *found;
  }

 private:
  KeyTable<K, std::uint32_t> table_;  // key -> group
  std::vector<std::byte const*> places_, ordered_;
  std::vector<std::uint32_t> groups_;  // of each element
  std::vector<std::size_t> ends_;
};

}  // namespace pel::data
