// What datasets make of a text, computed plainly: in one process, in order, with maps.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "data/key_table.hpp"
#include "data/text_input.hpp"
#include "data/words.hpp"
#include "pel/partition.hpp"

namespace pel::test {

// Elements by partition.
template <class T>
using Parts = std::vector<std::vector<T>>;

// The lines of each partition.
[[nodiscard]] inline Parts<std::string> lines_by_partition(std::string const& path, std::uint32_t partitions) {
  Parts<std::string> parts(partitions);
  auto const input = data::TextInput::open({path});
  for (std::uint32_t p = 0; p < partitions; ++p)
    for (auto const line : data::Lines(input, Partition{partition_id(p), partitions})) parts[p].emplace_back(line);
  return parts;
}

// f(element, emit) of all, in order.
template <class U, class T, class F>
[[nodiscard]] Parts<U> plain_flat_map(Parts<T> const& parts, F const& f) {
  Parts<U> made(parts.size());
  for (std::size_t p = 0; p < parts.size(); ++p)
    for (auto const& element : parts[p]) f(element, [&](auto const& one) { made[p].emplace_back(one); });
  return made;
}

// (key, value), by order of first appearance.
template <class K, class V>
class PlainTable {
 public:
  template <class Combine>
  void add(K const& key, V const& value, Combine const& combine) {
    auto const [at, is_new] = places_.try_emplace(key, entries_.size());
    if (is_new)
      entries_.emplace_back(key, value);
    else
      entries_[at->second].second = combine(entries_[at->second].second, value);
  }
  [[nodiscard]] std::vector<std::pair<K, V>> const& entries() const { return entries_; }

 private:
  std::vector<std::pair<K, V>> entries_;
  std::map<K, std::size_t> places_;
};

// As reduce_by_key says: combined per source partition, then in partition order.
template <class K, class V, class T, class Key, class Value, class Combine>
[[nodiscard]] Parts<std::pair<K, V>> plain_reduce(Parts<T> const& parts, Key const& key, Value const& value,
                                                  Combine const& combine) {
  auto const partitions = static_cast<std::uint32_t>(parts.size());
  std::vector<PlainTable<K, V>> results(partitions);
  for (auto const& part : parts) {
    PlainTable<K, V> combined;
    for (auto const& element : part) combined.add(key(element), value(element), combine);
    for (auto const& [k, v] : combined.entries())
      results[base::scale_down(data::key_hash<data::ViewOf<K>>(k), partitions)].add(k, v, combine);
  }
  Parts<std::pair<K, V>> entries;
  for (auto const& result : results) entries.push_back(result.entries());
  return entries;
}

// "key value" a line.
template <class K, class V>
[[nodiscard]] std::string plain_lines(Parts<std::pair<K, V>> const& parts) {
  std::string text;
  for (auto const& part : parts)
    for (auto const& [key, value] : part) {
      if constexpr (std::is_same_v<K, std::string>)
        text += key;
      else
        text += std::to_string(key);
      text += ' ' + std::to_string(value) + '\n';
    }
  return text;
}

}  // namespace pel::test
