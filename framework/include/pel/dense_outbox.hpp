// Messages with a combiner and integer keys, folded in tables of the key ranges while they are sent.
#pragma once

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <iterator>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/stable_order.hpp"
#include "engine/outgoing.hpp"
#include "pel/letter_log.hpp"
#include "pel/message.hpp"
#include "pel/partition.hpp"

namespace pel {

// A window of keys for each destination; what falls in is folded in place, what falls out is logged and folded when it
// is packed. While a partition sends, windows stay as they are, so a key is folded in one of the two ways alone, from
// the left: windows are about speed and never change a bit. They are learned from what fell out: where a destination's
// keys lie dense, its window covers them from the next partition on. Requires: M combines, its keys are integers, and
// it is trivially copyable.
template <SomeMessage M>
class DenseOutbox {
 public:
  using Key = typename M::Key;
  using Value = typename M::Value;

  void clear() {
    find_touched();
    forget_touched();
    outside_.clear();
  }

  void send(PartitionId to, Key key, Value value) {
    auto const p = index(to);
    if (p < windows_.size()) {
      auto const& window = windows_[p];
      auto const offset = base::to_ordered(key) - window.least;
      if (offset < window.size) {
        fold_in(window.first + offset, std::move(value));
        return;
      }
    }
    outside_.send(to, std::move(key), std::move(value));
  }

  void pack(engine::Outgoing& outgoing, std::span<std::uint8_t const> local) {
    find_touched();
    if (touched_.empty() && outside_.empty()) return outgoing.clear();
    if (outside_.empty())
      pack_windows(outgoing, local);
    else
      pack_both(outgoing, local);
    forget_touched();
  }

 private:
  struct Window {
    std::uint64_t least = 0;  // as to_ordered() gives it
    std::uint64_t size = 0;
    std::uint64_t first = 0;  // position in values_
  };
  struct Extent {
    std::uint64_t least = std::numeric_limits<std::uint64_t>::max(), greatest = 0, count = 0;
  };

  static Key key_at(Window const& window, std::uint64_t at) {
    constexpr std::uint64_t flip = std::is_signed_v<Key> ? std::uint64_t{1} << 63U : 0;
    return static_cast<Key>((window.least + (at - window.first)) ^ flip);
  }

  // Sums start from the value that changes no other, so that adding asks no question.
  static constexpr bool has_identity = std::same_as<typename M::Combiner, std::plus<>> && std::is_arithmetic_v<Value>;
  static constexpr Value identity() {
    if constexpr (std::is_floating_point_v<Value>) return Value{-0.0};  // -0.0 + 0.0 is 0.0, and -0.0 + -0.0 is -0.0
    return Value{};
  }

  void fold_in(std::uint64_t at, Value&& value) {
    if (first_few_.size() < first_few_.capacity()) first_few_.push_back(static_cast<std::uint32_t>(at));
    if constexpr (has_identity) {
      values_[at] = typename M::Combiner{}(values_[at], value);
      present_[at] = 1;
    } else if (present_[at] != 0) {
      values_[at] = typename M::Combiner{}(std::move(values_[at]), std::move(value));
    } else {
      present_[at] = 1;
      values_[at] = std::move(value);
    }
  }

  // Fills touched_ with the positions that have a value, ascending: by (destination, key), as windows lie in the order
  // of destinations. Few are known one by one; if there were more, all are looked through, eight at a time.
  void find_touched() {
    touched_.clear();
    if (first_few_.size() < first_few_.capacity()) {
      std::sort(first_few_.begin(), first_few_.end());
      std::unique_copy(first_few_.begin(), first_few_.end(), std::back_inserter(touched_));
      return;
    }
    for (std::size_t at = 0; at < present_.size(); at += 8) {  // a multiple of 8 of them
      std::uint64_t eight = 0;
      std::memcpy(&eight, present_.data() + at, sizeof eight);
      // The bytes, each 0 or 1, as 8 bits.
      auto bits = static_cast<unsigned>((eight * 0x0102040810204080ULL) >> 56U);
      for (; bits != 0; bits &= bits - 1)
        touched_.push_back(static_cast<std::uint32_t>(at + static_cast<unsigned>(std::countr_zero(bits))));
    }
  }

  void forget_touched() {
    for (auto const at : touched_) {
      present_[at] = 0;
      if constexpr (has_identity) values_[at] = identity();
    }
    touched_.clear();
    first_few_.clear();
  }

  // Calls visit(p, first, last) for each destination with touched positions [first, last), ascending.
  template <class Visit>
  void each_window(Visit const& visit) const {
    auto const* at = touched_.data();
    auto const* const end = at + touched_.size();
    for (std::size_t p = 0; p < windows_.size() && at != end; ++p) {
      auto const limit = windows_[p].first + windows_[p].size;
      auto const* const first = at;
      at = std::lower_bound(first, end, limit);
      if (at != first) visit(p, first, at);
    }
  }

  void pack_windows(engine::Outgoing& outgoing, std::span<std::uint8_t const> local) {
    std::vector<engine::Piece> pieces;
    each_window([&](std::size_t p, std::uint32_t const* first, std::uint32_t const* last) {
      auto const n = static_cast<std::uint64_t>(last - first);
      pieces.push_back({partition_id(p), n, n * Packed<M>::bytes});
    });
    outgoing.shape(std::move(pieces), local);
    std::size_t piece = 0;
    each_window([&](std::size_t p, std::uint32_t const* first, std::uint32_t const* last) {
      auto* to = outgoing.bytes(piece++).data();
      for (; first != last; ++first, to += Packed<M>::bytes)
        Packed<M>::put(to, key_at(windows_[p], *first), values_[*first]);
    });
  }

  // The slow way: letters of both, by destination, in order.
  void pack_both(engine::Outgoing& outgoing, std::span<std::uint8_t const> local) {
    std::vector<std::vector<Letter<M>>> letters(local.size());
    std::vector<Extent> extents(local.size());
    each_window([&](std::size_t p, std::uint32_t const* first, std::uint32_t const* last) {
      for (; first != last; ++first) letters[p].emplace_back(key_at(windows_[p], *first), values_[*first]);
    });
    outside_.drain(local.size(), [&](PartitionId to, std::vector<Letter<M>>& outside) {
      auto& extent = extents[index(to)];
      extent.count = outside.size();
      base::stable_order(outside, scratch_);
      extent.least = base::to_ordered(outside.front().first);
      extent.greatest = base::to_ordered(outside.back().first);
      base::fold_equal(outside, typename M::Combiner{});
      auto& all = letters[index(to)];
      auto const inside = static_cast<std::ptrdiff_t>(all.size());
      all.insert(all.end(), outside.begin(), outside.end());
      std::inplace_merge(all.begin(), all.begin() + inside, all.end(),
                         [](Letter<M> const& a, Letter<M> const& b) { return a.first < b.first; });
    });
    std::vector<engine::Piece> pieces;
    packed_.clear();
    for (std::size_t p = 0; p < letters.size(); ++p) {
      if (letters[p].empty()) continue;
      append_letters<M>(letters[p], packed_);
      pieces.push_back({partition_id(p), letters[p].size(), letters[p].size() * Packed<M>::bytes});
    }
    outgoing.shape(std::move(pieces), local);
    outgoing.fill(packed_);
    learn(extents);
  }

  // Wider windows where the keys outside were many for the room they take.
  void learn(std::vector<Extent> const& outside) {
    forget_touched();
    windows_.resize(outside.size());
    std::uint64_t first = 0;
    for (std::size_t p = 0; p < outside.size(); ++p) {
      auto& window = windows_[p];
      auto const [least, greatest, messages] = outside[p];
      if (messages > 0) {
        auto const low = window.size > 0 ? std::min(least, window.least) : least;
        auto const high = window.size > 0 ? std::max(greatest, window.least + window.size - 1) : greatest;
        if (high - low < 4 * messages + 1024) {
          auto const slack = (high - low) / 2;  // the next partition's keys will not be the same
          window.least = low - std::min(low, slack);
          window.size = high - window.least + 1 + std::min(slack, std::numeric_limits<std::uint64_t>::max() - high);
        }
      }
      window.first = first;
      first += window.size;
    }
    if (first > most_positions) {
      windows_.clear();
      first = 0;
    }
    present_.assign((first + 7) / 8 * 8, 0);
    if constexpr (has_identity)
      values_.assign(first, identity());
    else
      values_.resize(first);
    first_few_ = {};
    first_few_.reserve(first / 8 + 1);
  }
  static constexpr std::uint64_t most_positions = std::uint64_t{1} << 24U;  // of all windows: a bound on their memory

  std::vector<Window> windows_;  // by destination, or empty
  std::vector<std::uint8_t> present_;
  std::vector<Value> values_;
  std::vector<std::uint32_t> first_few_;  // positions as they were sent to, while they are fewer than its capacity
  std::vector<std::uint32_t> touched_;
  LetterLog<M> outside_;
  std::vector<Letter<M>> scratch_;
  std::vector<std::byte> packed_;
};

}  // namespace pel
