// Messages in the order in which they were sent, grouped and ordered when they are packed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

#include "base/stable_order.hpp"
#include "engine/outgoing.hpp"
#include "pel/codec.hpp"
#include "pel/message.hpp"
#include "pel/partition.hpp"

namespace pel {

// Bytes of messages that are packed as they lie in memory.
template <SomeMessage M>
struct Packed {
  static constexpr std::size_t bytes = sizeof(typename M::Key) + sizeof(typename M::Value);
  static void put(std::byte* at, typename M::Key const& key, typename M::Value const& value) {
    std::memcpy(at, &key, sizeof key);
    std::memcpy(at + sizeof key, &value, sizeof value);
  }
};

// Appends messages to bytes, packed or by Boost.Serialization.
template <SomeMessage M>
void append_letters(std::vector<Letter<M>> const& letters, std::vector<std::byte>& bytes) {
  if constexpr (M::packs) {
    auto at = bytes.size();
    bytes.resize(at + letters.size() * Packed<M>::bytes);
    for (auto const& [key, value] : letters) {
      Packed<M>::put(bytes.data() + at, key, value);
      at += Packed<M>::bytes;
    }
  } else {
    codec::Writer<typename M::Key, typename M::Value> writer(bytes);
    for (auto const& [key, value] : letters) {
      writer.put(key);
      writer.put(value);
    }
  }
}

// The outbox of messages without a combiner, and of those whose keys neither count nor hash.
// Without a combiner: one stable counting pass by destination, from the log into the pieces.
template <SomeMessage M>
class LetterLog {
 public:
  using Key = typename M::Key;
  using Value = typename M::Value;

  void clear() { sent_.clear(); }
  [[nodiscard]] bool empty() const noexcept { return sent_.empty(); }
  void send(PartitionId to, Key&& key, Value&& value) { sent_.push_back({to, {std::move(key), std::move(value)}}); }

  void pack(engine::Outgoing& outgoing, std::span<std::uint8_t const> local) {
    if (sent_.empty()) return outgoing.clear();
    if constexpr (!M::combines && M::packs)
      pack_as_sent(outgoing, local);
    else
      pack_groups(outgoing, local);
    sent_.clear();
  }

  // Calls visit(destination, letters) for each destination, ascending, with its messages in the order of sending, and
  // is empty then.
  template <class Visit>
  void drain(std::size_t partitions, Visit const& visit) {
    count(partitions);
    grouped_.resize(sent_.size());
    auto next = starts_;
    for (auto& sent : sent_) grouped_[next[index(sent.to)]++] = std::move(sent.letter);
    sent_.clear();
    for (std::size_t p = 0; p < partitions; ++p) {
      if (starts_[p + 1] == starts_[p]) continue;
      auto const first = grouped_.begin() + static_cast<std::ptrdiff_t>(starts_[p]);
      letters_.assign(std::make_move_iterator(first),
                      std::make_move_iterator(grouped_.begin() + static_cast<std::ptrdiff_t>(starts_[p + 1])));
      visit(partition_id(p), letters_);
    }
  }

 private:
  struct Sent {
    PartitionId to;
    Letter<M> letter;
  };

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
      if (auto const n = starts_[p + 1] - starts_[p]; n > 0)
        pieces.push_back({partition_id(p), n, n * Packed<M>::bytes});
    outgoing.shape(std::move(pieces), local);
    next_.assign(local.size(), nullptr);
    for (std::size_t i = 0; i < outgoing.pieces().size(); ++i)
      next_[index(outgoing.pieces()[i].to)] = outgoing.bytes(i).data();
    for (auto const& sent : sent_) {
      auto*& at = next_[index(sent.to)];
      Packed<M>::put(at, sent.letter.first, sent.letter.second);
      at += Packed<M>::bytes;
    }
  }

  void pack_groups(engine::Outgoing& outgoing, std::span<std::uint8_t const> local) {
    std::vector<engine::Piece> pieces;
    packed_.clear();
    drain(local.size(), [&](PartitionId to, std::vector<Letter<M>>& letters) {
      if constexpr (M::combines) {
        base::stable_order(letters, scratch_);
        base::fold_equal(letters, typename M::Combiner{});
      }
      auto const before = packed_.size();
      append_letters<M>(letters, packed_);
      pieces.push_back({to, letters.size(), packed_.size() - before});
    });
    outgoing.shape(std::move(pieces), local);
    outgoing.fill(packed_);
  }

  std::vector<Sent> sent_;
  std::vector<std::size_t> starts_;
  std::vector<std::byte*> next_;
  std::vector<Letter<M>> grouped_, letters_, scratch_;
  std::vector<std::byte> packed_;
};

}  // namespace pel
