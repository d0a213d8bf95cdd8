// Messages with a combiner and hashable keys, folded while they are sent.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "engine/outgoing.hpp"
#include "pel/letter_log.hpp"
#include "pel/message.hpp"
#include "pel/partition.hpp"

namespace pel {

// A hash table over (destination, key): its memory is that of the distinct keys, however many messages there are.
template <SomeMessage M>
class HashOutbox {
 public:
  using Key = typename M::Key;
  using Value = typename M::Value;

  void clear() {
    if (entries_.empty()) return;
    // The table shrinks to what was needed, so that one large superstep does not make all later ones clear much.
    table_.assign(std::min(table_.size(), std::bit_ceil(4 * entries_.size() + 1024)), 0);
    entries_.clear();
  }

  void send(PartitionId to, Key&& key, Value&& value) {
    if (2 * (entries_.size() + 1) > table_.size()) grow();
    auto const hash = hash_of(to, key);
    for (auto at = hash & (table_.size() - 1);; at = (at + 1) & (table_.size() - 1)) {
      if (table_[at] == 0) {
        entries_.push_back({to, hash, {std::move(key), std::move(value)}});
        table_[at] = static_cast<std::uint32_t>(entries_.size());
        return;
      }
      auto& known = entries_[table_[at] - 1];
      if (known.hash == hash && known.to == to && known.letter.first == key) {
        known.letter.second = typename M::Combiner{}(std::move(known.letter.second), std::move(value));
        return;
      }
    }
  }

  void pack(engine::Outgoing& outgoing, std::span<std::uint8_t const> local) {
    if (entries_.empty()) return outgoing.clear();
    std::sort(entries_.begin(), entries_.end(), [](Entry const& a, Entry const& b) {
      return std::tie(a.to, a.letter.first) < std::tie(b.to, b.letter.first);
    });
    std::vector<engine::Piece> pieces;
    packed_.clear();
    for (auto first = entries_.begin(); first != entries_.end();) {
      letters_.clear();
      auto last = first;
      for (; last != entries_.end() && last->to == first->to; ++last) letters_.push_back(std::move(last->letter));
      auto const before = packed_.size();
      append_letters<M>(letters_, packed_);
      pieces.push_back({first->to, letters_.size(), packed_.size() - before});
      first = last;
    }
    outgoing.shape(std::move(pieces), local);
    outgoing.fill(packed_);
    clear();
  }

 private:
  struct Entry {
    PartitionId to;
    std::uint64_t hash;
    Letter<M> letter;
  };
  static std::uint64_t hash_of(PartitionId to, Key const& key) {
    return base::mix64(base::stable_hash(key) + index(to));
  }
  void grow() {
    table_.assign(std::max<std::size_t>(1024, 2 * table_.size()), 0);
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      auto at = entries_[i].hash & (table_.size() - 1);
      while (table_[at] != 0) at = (at + 1) & (table_.size() - 1);
      table_[at] = static_cast<std::uint32_t>(i + 1);
    }
  }

  std::vector<Entry> entries_;        // in the order of their first message
  std::vector<std::uint32_t> table_;  // position in entries_ + 1; 0: free. A power of two, or empty
  std::vector<Letter<M>> letters_;
  std::vector<std::byte> packed_;
};

}  // namespace pel
