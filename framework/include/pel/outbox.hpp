// What a partition sends in its superstep, until it is packed for the way.
#pragma once

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "base/stable_order.hpp"
#include "engine/outgoing.hpp"
#include "pel/codec.hpp"
#include "pel/message.hpp"
#include "pel/partition.hpp"

namespace pel {

// Collects (destination, key, value) in the order of sending; pack() groups by destination, combines equal keys from
// the left and sorts by key. Three ways to the same bytes:
// - no combiner: grouped by a stable counting pass;
// - a combiner and integer keys: grouped, then folded in a table of the key range, or sorted by digits and folded;
// - a combiner and hashable keys: folded on sending in a hash table, so that memory is that of the distinct keys.
// Keys that are neither are sorted and folded. One thread at a time; memory is kept for the next partition.
template <class M>
class Outbox {
 public:
  using Key = typename M::Key;
  using Value = typename M::Value;
  static constexpr bool folds_on_sending = M::combines && !std::integral<Key> && base::Hashable<Key>;

  void clear() {
    if (sent_.empty()) return;
    // The table shrinks to what was needed, so that one large superstep does not make all later ones clear much.
    if constexpr (folds_on_sending) table_.assign(std::min(table_.size(), std::bit_ceil(4 * sent_.size() + 1024)), 0);
    sent_.clear();
  }

  void send(PartitionId to, Key&& key, Value&& value) {
    if constexpr (folds_on_sending) {
      fold_in(to, std::move(key), std::move(value));
    } else {
      sent_.push_back({to, {std::move(key), std::move(value)}});
    }
  }

  // Empties the outbox into `outgoing`. `local`: by partition, 1 if it is on this rank.
  void pack(engine::Outgoing& outgoing, std::span<std::uint8_t const> local) {
    if (sent_.empty()) return outgoing.clear();
    if constexpr (!M::combines && M::packs) {
      pack_as_sent(outgoing, local);
    } else {
      group(local.size());
      pack_groups(outgoing, local);
    }
    clear();
  }

 private:
  struct Sent {
    PartitionId to;
    Letter<M> letter;
  };
  static constexpr std::size_t packed_bytes = sizeof(Key) + sizeof(Value);

  static void put(std::byte* at, Letter<M> const& letter) {
    std::memcpy(at, &letter.first, sizeof(Key));
    std::memcpy(at + sizeof(Key), &letter.second, sizeof(Value));
  }

  // starts_[p]: where the messages for p start, if they are grouped; starts_[P]: how many there are.
  void count(std::size_t partitions) {
    starts_.assign(partitions + 1, 0);
    for (auto const& sent : sent_) ++starts_[index(sent.to) + 1];
    for (std::size_t p = 0; p < partitions; ++p) starts_[p + 1] += starts_[p];
  }

  void pack_as_sent(engine::Outgoing& outgoing, std::span<std::uint8_t const> local) {
    count(local.size());
    std::vector<engine::Piece> pieces;
    for (std::size_t p = 0; p < local.size(); ++p)
      if (auto const n = starts_[p + 1] - starts_[p]; n > 0) pieces.push_back({partition_id(p), n, n * packed_bytes});
    outgoing.shape(std::move(pieces), local);
    next_.assign(local.size(), nullptr);
    for (std::size_t i = 0; i < outgoing.pieces().size(); ++i)
      next_[index(outgoing.pieces()[i].to)] = outgoing.bytes(i).data();
    for (auto const& sent : sent_) {
      auto*& at = next_[index(sent.to)];
      put(at, sent.letter);
      at += packed_bytes;
    }
  }

  // Messages by destination, in the order of sending.
  void group(std::size_t partitions) {
    count(partitions);
    grouped_.resize(sent_.size());
    auto next = starts_;
    for (auto& sent : sent_) grouped_[next[index(sent.to)]++] = std::move(sent.letter);
  }

  void pack_groups(engine::Outgoing& outgoing, std::span<std::uint8_t const> local) {
    std::vector<engine::Piece> pieces;
    packed_.clear();
    for (std::size_t p = 0; p < local.size(); ++p) {
      if (starts_[p + 1] == starts_[p]) continue;
      auto const before = packed_.size();
      auto const n = pack_group({grouped_.data() + starts_[p], starts_[p + 1] - starts_[p]});
      pieces.push_back({partition_id(p), n, packed_.size() - before});
    }
    outgoing.shape(std::move(pieces), local);
    auto const* from = packed_.data();
    for (std::size_t i = 0; i < outgoing.pieces().size(); ++i) {
      auto const to = outgoing.bytes(i);
      std::memcpy(to.data(), from, to.size());
      from += to.size();
    }
  }

  // Appends the messages for one destination to packed_, combined; how many that leaves.
  std::size_t pack_group(std::span<Letter<M>> group) {
    if constexpr (M::combines && std::integral<Key>) {
      if (auto const n = fold_dense(group); n > 0) return n;
    }
    letters_.assign(std::make_move_iterator(group.begin()), std::make_move_iterator(group.end()));
    if constexpr (M::combines) {
      base::stable_order(letters_, scratch_);
      base::fold_equal(letters_, typename M::Combiner{});
    }
    if constexpr (M::packs) {
      auto at = packed_.size();
      packed_.resize(at + letters_.size() * packed_bytes);
      for (auto const& letter : letters_) {
        put(packed_.data() + at, letter);
        at += packed_bytes;
      }
    } else {
      codec::Writer<Key, Value> writer(packed_);
      for (auto const& [key, value] : letters_) {
        writer.put(key);
        writer.put(value);
      }
    }
    return letters_.size();
  }

  // 0 if the keys do not lie dense.
  std::size_t fold_dense(std::span<Letter<M>> group) requires std::integral<Key> {
    if constexpr (!M::packs) return 0;
    auto [least, greatest] = std::pair(std::numeric_limits<std::uint64_t>::max(), std::uint64_t{0});
    for (auto const& letter : group) {
      least = std::min(least, base::to_ordered(letter.first));
      greatest = std::max(greatest, base::to_ordered(letter.first));
    }
    if (!base::DenseFold<Key, Value>::fits(least, greatest, group.size())) return 0;
    dense_.open(least, greatest);
    for (auto& letter : group) dense_.add(letter.first, std::move(letter.second), typename M::Combiner{});
    auto const before = packed_.size();
    packed_.resize(before + group.size() * packed_bytes);
    auto* at = packed_.data() + before;
    dense_.drain([&](Key key, Value&& value) {
      put(at, {key, std::move(value)});
      at += packed_bytes;
    });
    auto const n = static_cast<std::size_t>(at - packed_.data() - static_cast<std::ptrdiff_t>(before)) / packed_bytes;
    packed_.resize(before + n * packed_bytes);
    return n;
  }

  // The message joins an earlier one to the same key and destination, or becomes the first of it.
  void fold_in(PartitionId to, Key&& key, Value&& value) {
    if (2 * (sent_.size() + 1) > table_.size()) grow();
    for (auto at = slot_of(to, key);; at = (at + 1) & (table_.size() - 1)) {
      if (table_[at] == 0) {
        sent_.push_back({to, {std::move(key), std::move(value)}});
        table_[at] = static_cast<std::uint32_t>(sent_.size());
        return;
      }
      auto& known = sent_[table_[at] - 1];
      if (known.to == to && known.letter.first == key) {
        known.letter.second = typename M::Combiner{}(std::move(known.letter.second), std::move(value));
        return;
      }
    }
  }
  [[nodiscard]] std::size_t slot_of(PartitionId to, Key const& key) const {
    return base::mix64(base::stable_hash(key) + index(to)) & (table_.size() - 1);
  }
  void grow() {
    table_.assign(std::max<std::size_t>(1024, 2 * table_.size()), 0);
    for (std::size_t i = 0; i < sent_.size(); ++i) {
      auto at = slot_of(sent_[i].to, sent_[i].letter.first);
      while (table_[at] != 0) at = (at + 1) & (table_.size() - 1);
      table_[at] = static_cast<std::uint32_t>(i + 1);
    }
  }

  struct NoTable {};
  static auto dense() {
    if constexpr (std::integral<Key>)
      return base::DenseFold<Key, Value>{};
    else
      return NoTable{};
  }

  std::vector<Sent> sent_;
  std::vector<std::uint32_t> table_;  // position in sent_ + 1; 0: free. A power of two, or empty
  std::vector<std::size_t> starts_;
  std::vector<std::byte*> next_;
  std::vector<Letter<M>> grouped_, letters_, scratch_;
  std::vector<std::byte> packed_;
  [[no_unique_address]] decltype(dense()) dense_;
};

// Of a kernel that sends none.
template <>
class Outbox<struct NoMessage> {
 public:
  void clear() noexcept {}
  void pack(engine::Outgoing& outgoing, std::span<std::uint8_t const>) { outgoing.clear(); }
};

}  // namespace pel
