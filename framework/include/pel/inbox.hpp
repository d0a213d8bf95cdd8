// What a partition finds in its superstep: messages sorted by key, equal keys combined.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "base/stable_order.hpp"
#include "engine/hosted.hpp"
#include "pel/codec.hpp"
#include "pel/message.hpp"

namespace pel {

// A range of (key, value), ascending by key. Without a combiner equal keys stand in (source partition, order of
// sending). Valid during the superstep.
template <class M>
class Inbox {
 public:
  using Key = typename M::Key;
  using Value = typename M::Value;

  [[nodiscard]] auto begin() const noexcept { return letters_.begin(); }
  [[nodiscard]] auto end() const noexcept { return letters_.end(); }
  [[nodiscard]] std::size_t size() const noexcept { return letters_.size(); }
  [[nodiscard]] bool empty() const noexcept { return letters_.empty(); }

  // For the engine. Segments ascend by source partition; each is sorted by key where M combines.
  void merge(std::span<engine::Segment const> segments) {
    letters_.clear();
    std::size_t n = 0;
    for (auto const& segment : segments) n += segment.count;
    if (n == 0) return;
    if constexpr (M::packs && M::combines && std::integral<Key>) {
      if (fold_dense(segments, n)) return;
    }
    letters_.reserve(n);
    each(segments, [&](Key&& key, Value&& value) { letters_.emplace_back(std::move(key), std::move(value)); });
    base::stable_order(letters_, scratch_);
    if constexpr (M::combines) base::fold_equal(letters_, typename M::Combiner{});
  }

  // For checkpoints: keys and values that were saved apart.
  void assign(std::vector<Key> const& keys, std::vector<Value> const& values) {
    letters_.clear();
    for (std::size_t i = 0; i < keys.size(); ++i) letters_.emplace_back(keys[i], values[i]);
  }

 private:
  // Calls visit(key, value) for each message in the order of segments.
  template <class Visit>
  static void each(std::span<engine::Segment const> segments, Visit const& visit) {
    for (auto const& segment : segments) {
      if constexpr (M::packs) {
        auto const* at = segment.bytes.data();
        for (std::uint64_t i = 0; i < segment.count; ++i, at += sizeof(Key) + sizeof(Value)) {
          Key key;
          Value value;
          std::memcpy(&key, at, sizeof key);
          std::memcpy(&value, at + sizeof key, sizeof value);
          visit(std::move(key), std::move(value));
        }
      } else {
        codec::Reader<Key, Value> reader(segment.bytes);
        for (std::uint64_t i = 0; i < segment.count; ++i) {
          Key key{};
          Value value{};
          reader.take(key);
          reader.take(value);
          visit(std::move(key), std::move(value));
        }
      }
    }
  }

  bool fold_dense(std::span<engine::Segment const> segments, std::size_t n) requires std::integral<Key> {
    // A combined segment is sorted: its first and last keys bound it.
    auto [least, greatest] = std::pair(std::numeric_limits<std::uint64_t>::max(), std::uint64_t{0});
    for (auto const& segment : segments) {
      if (segment.count == 0) continue;
      Key first, last;
      std::memcpy(&first, segment.bytes.data(), sizeof first);
      std::memcpy(&last, segment.bytes.data() + (segment.count - 1) * (sizeof(Key) + sizeof(Value)), sizeof last);
      least = std::min(least, base::to_ordered(first));
      greatest = std::max(greatest, base::to_ordered(last));
    }
    if (!base::DenseFold<Key, Value>::fits(least, greatest, n)) return false;
    dense_.open(least, greatest);
    each(segments, [&](Key&& key, Value&& value) { dense_.add(key, std::move(value), typename M::Combiner{}); });
    dense_.drain([&](Key key, Value&& value) { letters_.emplace_back(key, std::move(value)); });
    return true;
  }

  struct NoTable {};
  static auto table() {
    if constexpr (std::integral<Key>)
      return base::DenseFold<Key, Value>{};
    else
      return NoTable{};
  }

  std::vector<Letter<M>> letters_, scratch_;
  [[no_unique_address]] decltype(table()) dense_;
};

// Of a kernel that gets no messages.
template <>
class Inbox<struct NoMessage> {
 public:
  void merge(std::span<engine::Segment const>) noexcept {}
  [[nodiscard]] static bool empty() noexcept { return true; }
};

}  // namespace pel
