// Columns: the elements of one partition in memory, in order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/element.hpp"

namespace pel::data {

// Grows at its end; what lies in it is seen by position. Views are valid until it grows or is cleared.
template <class T>
class Column {
 public:
  void add(T const& element) { elements_.push_back(element); }
  [[nodiscard]] std::size_t size() const noexcept { return elements_.size(); }
  [[nodiscard]] T const& operator[](std::size_t i) const noexcept { return elements_[i]; }
  [[nodiscard]] std::span<T const> elements() const noexcept { return elements_; }
  [[nodiscard]] std::vector<T>& vector() noexcept { return elements_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return elements_.size() * sizeof(T); }
  void reserve(std::size_t n) { elements_.reserve(n); }
  void clear() noexcept { elements_.clear(); }

 private:
  std::vector<T> elements_;
};

template <>
class Column<std::string> {
 public:
  void add(std::string_view text) {
    bytes_.insert(bytes_.end(), text.begin(), text.end());
    ends_.push_back(bytes_.size());
  }
  [[nodiscard]] std::size_t size() const noexcept { return ends_.size(); }
  [[nodiscard]] std::string_view operator[](std::size_t i) const noexcept {
    auto const begin = i == 0 ? 0 : ends_[i - 1];
    return {bytes_.data() + begin, ends_[i] - begin};
  }
  [[nodiscard]] std::vector<char>& text() noexcept { return bytes_; }
  [[nodiscard]] std::vector<std::uint64_t>& ends() noexcept { return ends_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_.size() + ends_.size() * sizeof ends_[0]; }
  void reserve(std::size_t n) { ends_.reserve(n); }
  void clear() noexcept {
    bytes_.clear();
    ends_.clear();
  }

 private:
  std::vector<char> bytes_;
  std::vector<std::uint64_t> ends_;
};

template <class K, class V>
requires ColumnEntry<Entry<K, V>>
class Column<Entry<K, V>> {
 public:
  void add(ViewOf<Entry<K, V>> const& entry) {
    keys_.add(entry.key);
    values_.add(entry.value);
  }
  [[nodiscard]] std::size_t size() const noexcept { return keys_.size(); }
  [[nodiscard]] ViewOf<Entry<K, V>> operator[](std::size_t i) const noexcept { return {keys_[i], values_[i]}; }
  [[nodiscard]] Column<K>& keys() noexcept { return keys_; }
  [[nodiscard]] Column<V>& values() noexcept { return values_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return keys_.bytes() + values_.bytes(); }
  void reserve(std::size_t n) {
    keys_.reserve(n);
    values_.reserve(n);
  }
  void clear() noexcept {
    keys_.clear();
    values_.clear();
  }

 private:
  Column<K> keys_;
  Column<V> values_;
};

// Elements go from stage to stage in blocks of at most this many: one indirect call a block.
inline constexpr std::size_t block_elements = 1024;

// Shows a column block by block.
template <class T, class Sink>
void show_blocks(Column<T> const& column, Sink&& sink) {
  if constexpr (Plain<T>) {
    auto const all = column.elements();
    for (std::size_t at = 0; at < all.size(); at += block_elements)
      sink(all.subspan(at, std::min(block_elements, all.size() - at)));
  } else {
    std::vector<ViewOf<T>> block;
    block.reserve(std::min(block_elements, column.size()));
    for (std::size_t at = 0; at < column.size();) {
      block.clear();
      for (; block.size() < block_elements && at < column.size(); ++at) block.push_back(column[at]);
      sink(BlockOf<T>(block));
    }
  }
}

}  // namespace pel::data
