// Groups of mail that is too large for memory: how large each is, and as many of them as fit.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "base/block.hpp"
#include "data/key_groups.hpp"
#include "data/key_table.hpp"
#include "data/packed.hpp"

namespace pel::data {

struct GroupSize {
  std::uint32_t group = 0;
  std::uint64_t count = 0, bytes = 0;  // of its elements, packed
};

// Some groups that follow each other, in memory.
template <class T>
class GroupRange {
 public:
  // Requires: their sizes.
  explicit GroupRange(std::vector<GroupSize> const& sizes) : first_(sizes.empty() ? 0 : sizes[0].group) {
    std::size_t bytes = 0;
    for (auto const& size : sizes) {
      begins_.push_back(places_.size());
      next_.push_back(bytes);
      bytes += size.bytes;
      places_.resize(places_.size() + size.count);
    }
    filled_ = begins_;
    begins_.push_back(places_.size());
    bytes_ = base::Block(bytes);
  }

  // An element, packed in the bytes from `begin` to `end`, of the group of that number; of others it is left out.
  void add(std::uint32_t group, std::byte const* begin, std::byte const* end) {
    if (group < first_ || group - first_ >= next_.size()) return;
    auto const g = group - first_;
    auto const n = static_cast<std::size_t>(end - begin);
    auto* const to = bytes_.data() + next_[g];
    std::memcpy(to, begin, n);
    places_[filled_[g]++] = to;
    next_[g] += n;
  }
  [[nodiscard]] Group<T> operator[](std::size_t g) const noexcept {
    return Group<T>(std::span(places_).subspan(begins_[g], begins_[g + 1] - begins_[g]));
  }

 private:
  std::uint32_t first_;
  base::Block bytes_;
  std::vector<std::byte const*> places_;
  std::vector<std::size_t> begins_, filled_;  // by group: among the places
  std::vector<std::size_t> next_;             // by group: among the bytes
};

// Groups are numbered in order of first appearance.
template <class T, class K>
class GroupSizes {
 public:
  // `count` elements, packed one behind the other. Where the table would have more than `room` bytes, those of new keys
  // go to rest(begin, end).
  template <class Key, class Rest>
  void add(std::byte const* from, std::uint64_t count, Key const& key_of, std::uint64_t room, Rest const& rest) {
    each(from, count, key_of, [&](ViewOf<K> const& key, std::byte const* begin, std::byte const* end) {
      auto const hash = key_hash<ViewOf<K>>(key);
      full_ = full_ || (size() > 0 && table_.bytes_with_another() > room);
      auto* size = full_ ? table_.look(key, hash) : nullptr;
      if (full_ && size == nullptr) return rest(begin, end);
      if (!full_) {
        auto const found = table_.find(key, hash);
        if (found.is_new) found.value.group = static_cast<std::uint32_t>(table_.size() - 1);
        size = &found.value;
      }
      ++size->count;
      size->bytes += static_cast<std::uint64_t>(end - begin);
    });
  }
  // The same elements once more: those of a range of groups.
  template <class Key>
  void place(std::byte const* from, std::uint64_t count, Key const& key_of, GroupRange<T>& to) const {
    each(from, count, key_of, [&](ViewOf<K> const& key, std::byte const* begin, std::byte const* end) {
      if (auto const* const size = table_.look(key, key_hash<ViewOf<K>>(key))) to.add(size->group, begin, end);
    });
  }

  [[nodiscard]] std::size_t size() const noexcept { return table_.size(); }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return table_.bytes(); }
  [[nodiscard]] ViewOf<K> key(std::size_t group) noexcept { return table_.key_of(table_.slots()[group]); }
  // Bytes that a group takes in memory.
  [[nodiscard]] std::uint64_t need(std::size_t group) noexcept {
    auto const& size = table_.slots()[group].value;
    return size.bytes + size.count * sizeof(std::byte const*) + 3 * sizeof(std::size_t);
  }
  // Elements of the largest group.
  [[nodiscard]] std::uint64_t most() noexcept {
    std::uint64_t most = 0;
    for (auto const& slot : table_.slots()) most = std::max(most, slot.value.count);
    return most;
  }
  // The first group that no longer fits into so many bytes with those from `begin` on.
  [[nodiscard]] std::size_t behind(std::size_t begin, std::uint64_t room) noexcept {
    auto end = begin;
    for (std::uint64_t taken = 0; end < size() && taken + need(end) <= room; ++end) taken += need(end);
    return end;
  }
  [[nodiscard]] std::vector<GroupSize> counts(std::size_t begin, std::size_t end) {
    std::vector<GroupSize> sizes;
    for (auto g = begin; g < end; ++g) sizes.push_back(table_.slots()[g].value);
    return sizes;
  }

 private:
  template <class Key, class Use>
  static void each(std::byte const* from, std::uint64_t count, Key const& key_of, Use const& use) {
    for (std::uint64_t i = 0; i < count; ++i) {
      auto const* const begin = from;
      auto const element = unpack<T>(from);
      auto const& given = key_of(element);
      ViewOf<K> const key = given;
      use(key, begin, from);
    }
  }

  KeyTable<K, GroupSize> table_;
  bool full_ = false;
};

}  // namespace pel::data
