// join: elements of two datasets that have one key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "data/dealing.hpp"
#include "data/key_groups.hpp"
#include "data/wide.hpp"

namespace pel::data {

// Both sides travel in one superstep: what a partition sends is the number of its left elements, these, and its right
// ones. Make: (left, group of right elements with its key, emit) -> elements U; it is called for each left element in
// order, also where the group is empty.
// Cost: w = two passes and a table probe an element, h = the elements of both once, l = 1.
template <class Left, class Right, class LeftKey, class RightKey, class Make, class K, class U>
class JoinNode final : public WideNode<U> {
  using L = typename Left::Element;
  using R = typename Right::Element;

 public:
  using typename WideNode<U>::Sink;
  JoinNode(Left left, Right right, LeftKey left_key, RightKey right_key, Make make)
      : WideNode<U>(left.flow()),
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
    left_->prepare();
    right_->prepare();  // what of the left was arriving lands meanwhile, if this needs supersteps
    left_->prepare();
    auto const* const passing = left_->passing() != nullptr ? left_->passing() : right_->passing();
    flow.superstep(
        "join", [this](Step& step) { produce(step); }, {}, passing);
    left_.reset();
    right_.reset();
    for (auto& scratch : scratch_) {
      scratch.left = {};
      scratch.right = {};
    }
  }

  template <class T, class Source, class Key>
  void read(Step& step, Source& source, Dealer<T>& dealer, Key const& key_of) {
    auto const partitions = step.partition().count;
    dealer.begin(partitions);
    source.run_blocks(step, [&](BlockOf<T> block) {
      dealer.add(block, [&](ViewOf<T> const& element) {
        auto const& given = key_of(element);
        ViewOf<K> const key = given;
        return base::scale_down(key_hash<ViewOf<K>>(key), partitions);
      });
    });
  }

  void produce(Step& step) {
    auto& [left, right, groups] = scratch_[static_cast<std::size_t>(step.worker())];
    read<L>(step, *left_, left, left_key_);
    read<R>(step, *right_, right, right_key_);
    std::vector<engine::Piece> pieces(left.pieces().begin(), left.pieces().end());
    for (std::size_t p = 0; p < pieces.size(); ++p) {
      pieces[p].count += right.pieces()[p].count;
      pieces[p].bytes += right.pieces()[p].bytes + sizeof(std::uint64_t);
    }
    auto to = shape_outgoing(step, pieces);
    for (std::size_t p = 0; p < to.size(); ++p)
      if (to[p] != nullptr) to[p] = pack<std::uint64_t>(left.pieces()[p].count, to[p]);
    left.deal(to);
    right.deal(to);
  }

  void take(Step& step, Sink sink) override {
    auto& groups = scratch_[static_cast<std::size_t>(step.worker())].groups;
    groups.clear();
    for (auto const& segment : step.frame.inbox) {
      auto const* from = segment.bytes.data();
      auto const lefts = unpack<std::uint64_t>(from);
      for (std::uint64_t i = 0; i < lefts; ++i) (void)unpack<L>(from);
      (void)groups.add(from, segment.count - lefts, right_key_);
    }
    groups.finish();
    ColumnSink<U> out(sink);
    Group<R> const none({});
    for (auto const& segment : step.frame.inbox) {
      auto const* from = segment.bytes.data();
      auto const lefts = unpack<std::uint64_t>(from);
      for (std::uint64_t i = 0; i < lefts; ++i) {
        auto const element = unpack<L>(from);
        auto const& given = left_key_(element);
        ViewOf<K> const key = given;
        auto const group = groups.find(key);
        make_(element, group == groups.size() ? none : groups[group], [&](ViewOf<U> const& made) { out.add(made); });
      }
    }
    out.flush();
  }

  std::optional<Left> left_;
  std::optional<Right> right_;
  LeftKey left_key_;
  RightKey right_key_;
  Make make_;
  std::vector<Scratch> scratch_;  // by worker
};

}  // namespace pel::data
