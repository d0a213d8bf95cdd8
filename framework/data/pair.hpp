// Pairs of datasets, partition by partition: union_with and zip. Nothing travels.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "data/column.hpp"
#include "data/flow.hpp"
#include "data/kept.hpp"
#include "data/kept_cursor.hpp"
#include "data/node.hpp"
#include "data/wide.hpp"
#include "pel/error.hpp"

namespace pel::data {

// Two sources that are read in one superstep.
template <class Left, class Right>
class Pair {
 public:
  Pair(Left left, Right right) : left_(std::move(left)), right_(std::move(right)) {}

  [[nodiscard]] std::shared_ptr<Flow> const& flow() const noexcept { return left_.flow(); }
  void prepare(bool again = false) {
    left_.prepare(again);
    right_.prepare(again);  // what of the left was arriving lands meanwhile, if this needs supersteps
    left_.prepare(again);
  }
  [[nodiscard]] Arriving const* passing() const {
    auto const* const of_left = left_.passing();
    return of_left != nullptr ? of_left : right_.passing();
  }

 protected:
  Left left_;
  Right right_;
};

// Of each partition the elements of the left, then those of the right.
template <class Left, class Right>
class Union : public Pair<Left, Right> {
 public:
  using Element = typename Left::Element;
  using Pair<Left, Right>::Pair;

  [[nodiscard]] Lookup<Element> const* lookup() const { return nullptr; }
  [[nodiscard]] std::vector<std::uint64_t> const* sizes() const { return nullptr; }
  template <class Sink>
  void run(Step& step, Sink&& sink) const {
    this->left_.run(step, sink);
    this->right_.run(step, sink);
  }
  template <class Sink>
  void run_blocks(Step& step, Sink&& sink) const {
    this->left_.run_blocks(step, sink);
    this->right_.run_blocks(step, sink);
  }
};

// make(left, right) for each element and its counterpart.
template <class Left, class Right, class Make, class U>
class Zip : public Pair<Left, Right> {
  using R = typename Right::Element;

 public:
  using Element = U;
  Zip(Left left, Right right, Make make)
      : Pair<Left, Right>(std::move(left), std::move(right)), make_(std::move(make)) {}

  [[nodiscard]] Lookup<U> const* lookup() const { return nullptr; }
  [[nodiscard]] std::vector<std::uint64_t> const* sizes() const { return nullptr; }
  // The right side is kept meanwhile, on disk where datasets have too much of memory. Throws: Misuse where one side has
  // more elements than the other; WriteFailed.
  template <class Sink>
  void run(Step& step, Sink&& sink) const {
    static_assert(!std::is_same_v<R, Point>, "pel: zip takes points on its left side");
    auto const& memory = this->flow()->memory();
    Kept<R> rights;
    std::uint64_t in_right = 0, at = 0;
    this->right_.run_blocks(step, [&](BlockOf<R> block) {
      in_right += block.size();
      rights.add(memory, block);
    });
    rights.finish();
    KeptCursor<R> next(rights);
    this->left_.run(step, [&](auto const& left) {
      if (at++ < in_right) sink(make_(left, next.take()));
    });
    if (at != in_right)
      throw Misuse("zip: partition " + std::to_string(step.partition().index()) + " of " +
                   std::to_string(step.partition().count) + " has " + std::to_string(at) +
                   " elements on the left and " + std::to_string(in_right) +
                   " on the right; where both sides have as many in all, zip a.rebalance() with b.rebalance()");
  }
  template <class Sink>
  void run_blocks(Step& step, Sink&& sink) const {
    ColumnSink<U> made(sink);
    run(step, [&](ViewOf<U> const& element) { made.add(element); });
    made.flush();
  }

 private:
  Make make_;
};

}  // namespace pel::data
