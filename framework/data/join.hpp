// join: elements of two datasets that have one key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "data/dealing.hpp"
#include "data/hot_matches.hpp"
#include "data/join_mail.hpp"
#include "data/key_groups.hpp"
#include "data/wide.hpp"

namespace pel::data {

// Both sides travel in one superstep: what a partition sends is count and bytes of its left elements, these, and its
// right ones. Make: (left, group of right elements with its key, emit) -> elements U; it is called for each left
// element in order, also where the group is empty. Left elements of hot keys go to their own partition: see HotMatches.
// Cost: w = three passes over the left elements, two over the right, and a table probe an element; h = the elements of
// both once; l = 2, or 4 where a key is hot.
template <class Left, class Right, class LeftKey, class RightKey, class Make, class K, class U>
class JoinNode final : public WideNode<U> {
  using L = typename Left::Element;
  using R = typename Right::Element;

 public:
  using typename WideNode<U>::Sink;
  JoinNode(std::string verb, Left left, Right right, LeftKey left_key, RightKey right_key, Make make)
      : WideNode<U>(left.flow()),
        verb_(std::move(verb)),
        left_(std::move(left)),
        right_(std::move(right)),
        left_key_(std::move(left_key)),
        right_key_(std::move(right_key)),
        make_(std::move(make)) {}

 private:
  struct Scratch {
    Dealer<L> left;
    Dealer<R> right;
    KeyGroups<R, K> groups;
  };

  void send() override {
    auto& flow = *this->flow();
    scratch_.resize(flow.workers());
    hot_.look(verb_, *left_, left_key_, *right_, right_key_);
    left_->prepare();
    right_->prepare();  // what of the left was arriving lands meanwhile, if this needs supersteps
    left_->prepare();
    auto const* const passing = left_->passing() != nullptr ? left_->passing() : right_->passing();
    flow.superstep(
        verb_, [this](Step& step) { produce(step); }, {}, passing);
    left_.reset();
    right_.reset();
    for (auto& scratch : scratch_) {
      scratch.left = {};
      scratch.right = {};
    }
  }

  static constexpr std::uint64_t head_bytes = JoinMail::head_bytes;

  // Deals the elements of one side; to(hash) is where one goes, is_full() sends what there is and begins anew.
  template <class T, class Source, class Key, class To, class IsFull>
  void read(Step& step, Source& source, Dealer<T>& dealer, Key const& key_of, To const& to, IsFull const& is_full) {
    source.run_blocks(step, [&](BlockOf<T> block) {
      dealer.add(block, [&](ViewOf<T> const& element) {
        auto const& given = key_of(element);
        ViewOf<K> const key = given;
        return to(key_hash<ViewOf<K>>(key));
      });
      if (dealer.full()) is_full();
    });
  }

  void produce(Step& step) {
    auto& [left, right, groups] = scratch_[static_cast<std::size_t>(step.worker())];
    auto const most = this->flow()->memory()->for_dealing() / 2;
    auto const begin = [&, &left = left, &right = right] {
      left.begin(step.partition().count, most);
      right.begin(step.partition().count, most);
    };
    auto const send_part = [&, &left = left, &right = right] {
      shape(step, left, right);
      send_now(step);
      begin();
    };
    auto const partition = step.partition();
    auto const by_hash = [&](std::uint64_t hash) { return base::scale_down(hash, partition.count); };
    auto const here_if_hot = [&](std::uint64_t hash) {
      return hot_.is_hot(hash) ? static_cast<std::uint32_t>(partition.index()) : by_hash(hash);
    };
    begin();
    read<L>(step, *left_, left, left_key_, here_if_hot, send_part);
    read<R>(step, *right_, right, right_key_, by_hash, send_part);
    shape(step, left, right);
  }

  static void shape(Step& step, Dealer<L> const& left, Dealer<R> const& right) {
    std::vector<engine::Piece> pieces(left.pieces().begin(), left.pieces().end());
    for (std::size_t p = 0; p < pieces.size(); ++p) {
      pieces[p].count += right.pieces()[p].count;
      pieces[p].bytes += right.pieces()[p].bytes + head_bytes;
    }
    auto to = shape_outgoing(step, pieces);
    for (std::size_t p = 0; p < to.size(); ++p) {
      if (to[p] == nullptr) continue;
      to[p] = pack<std::uint64_t>(left.pieces()[p].count, to[p]);
      to[p] = pack<std::uint64_t>(left.pieces()[p].bytes, to[p]);
    }
    left.deal(to);
    right.deal(to);
  }

  void free_scratch(std::size_t worker) override { scratch_[worker].groups = {}; }
  [[nodiscard]] std::uint64_t memory_beside(std::uint64_t messages) const override {
    return KeyGroups<R, K>::beside * messages;
  }

  void take(Step& step, Sink sink) override {
    auto& groups = scratch_[static_cast<std::size_t>(step.worker())].groups;
    groups.clear();
    for (auto const& segment : step.frame.inbox) {
      auto const* from = segment.bytes.data();
      auto const lefts = unpack<std::uint64_t>(from);
      auto const left_bytes = unpack<std::uint64_t>(from);
      (void)groups.add(from + left_bytes, segment.count - lefts, right_key_);
    }
    groups.finish();
    ColumnSink<U> out(sink);
    for (auto const& segment : step.frame.inbox) {
      auto const* from = segment.bytes.data();
      auto const lefts = unpack<std::uint64_t>(from);
      (void)unpack<std::uint64_t>(from);
      for (std::uint64_t i = 0; i < lefts; ++i) match(unpack<L>(from), groups, out);
    }
    out.flush();
  }

  void match(ViewOf<L> const& element, KeyGroups<R, K> const& groups, ColumnSink<U>& out) {
    auto const& given = left_key_(element);
    ViewOf<K> const key = given;
    auto const emit = [&](ViewOf<U> const& made) { out.add(made); };
    if (hot_.is_hot(key_hash<ViewOf<K>>(key))) return make_(element, hot_.find(key), emit);
    auto const group = groups.find(key);
    make_(element, group == groups.size() ? Group<R>({}) : groups[group], emit);
  }

  // The right side at once, if it fits. Else as many left elements at a time as find all that matches them in memory:
  // the right side is read once for each time.
  void take_large(Step& step, Sink sink, engine::StoredMail const& stored) override {
    auto const limit = this->flow()->memory()->for_one();
    engine::Admission const admission(*step.frame.rounds, limit, limit);
    JoinMail const mail(stored);
    ColumnSink<U> out(sink);
    if (mail.right_bytes() + memory_beside(mail.right_count()) <= limit / 4 * 3) {
      auto& groups = scratch_[static_cast<std::size_t>(step.worker())].groups;
      base::Block const rights = mail.load_right();
      groups.clear();
      (void)groups.add(rights.data(), mail.right_count(), right_key_);
      groups.finish();
      mail.show_left(0, [&](std::byte const* from, std::uint64_t count) {
        for (std::uint64_t i = 0; i < count; ++i) match(unpack<L>(from), groups, out);
      });
    } else {
      mail.show_left(limit / 4, [&](std::byte const* from, std::uint64_t count) {
        std::vector<std::byte const*> lefts(count);
        for (auto& left : lefts) {
          left = from;
          (void)unpack<L>(from);
        }
        match_some(step, mail, lefts, limit / 2, out);
      });
    }
    out.flush();
    free_scratch(static_cast<std::size_t>(step.worker()));
  }

  void match_some(Step& step, JoinMail const& mail, std::span<std::byte const* const> lefts, std::uint64_t room,
                  ColumnSink<U>& out) {
    if (lefts.empty()) return;
    base::Block const matches(room);
    auto const count = find_matches(mail, lefts, matches);
    if (!count && lefts.size() == 1) this->refuse("what matches one element", step, room + 1);
    if (!count) {
      match_some(step, mail, lefts.first(lefts.size() / 2), room, out);
      return match_some(step, mail, lefts.subspan(lefts.size() / 2), room, out);
    }
    auto& groups = scratch_[static_cast<std::size_t>(step.worker())].groups;
    groups.clear();
    (void)groups.add(matches.data(), *count, right_key_);
    groups.finish();
    for (auto const* left : lefts) match(unpack<L>(left), groups, out);
  }

  // Copies the right elements that have a key of these left ones, in their order; how many there are. None: too many
  // for the room.
  std::optional<std::uint64_t> find_matches(JoinMail const& mail, std::span<std::byte const* const> lefts,
                                            base::Block const& to) {
    KeyTable<K, std::uint8_t> wanted;
    for (auto const* left : lefts) {
      auto const element = unpack<L>(left);
      auto const& given = left_key_(element);
      ViewOf<K> const key = given;
      auto const hash = key_hash<ViewOf<K>>(key);
      if (!hot_.is_hot(hash)) (void)wanted.find(key, hash);
    }
    std::uint64_t found = 0, bytes = 0;
    bool fits = true;
    mail.show_right([&](std::byte const* from, std::uint64_t count) {
      for (std::uint64_t i = 0; fits && i < count; ++i) {
        auto const* const begin = from;
        auto const element = unpack<R>(from);
        auto const& given = right_key_(element);
        ViewOf<K> const key = given;
        if (wanted.look(key, key_hash<ViewOf<K>>(key)) == nullptr) continue;
        auto const n = static_cast<std::size_t>(from - begin);
        fits = bytes + n + memory_beside(found + 1) <= to.size();
        if (!fits) return;
        std::memcpy(to.data() + bytes, begin, n);
        bytes += n;
        ++found;
      }
    });
    return fits ? std::optional(found) : std::nullopt;
  }

  std::string verb_;
  std::optional<Left> left_;
  std::optional<Right> right_;
  LeftKey left_key_;
  RightKey right_key_;
  Make make_;
  HotMatches<R, K> hot_;
  std::vector<Scratch> scratch_;  // by worker
};

}  // namespace pel::data
