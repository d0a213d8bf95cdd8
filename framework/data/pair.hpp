// Pairs of datasets, partition by partition: union_with and zip. Nothing travels.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "data/column.hpp"
#include "data/flow.hpp"
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
  // Throws: Misuse where one side has more elements than the other.
  template <class Sink>
  void run(Step& step, Sink&& sink) const {
    Column<R> rights;
    this->right_.run(step, [&](ViewOf<R> const& element) { rights.add(element); });
    std::size_t at = 0;
    this->left_.run(step, [&](auto const& left) {
      if (at < rights.size()) sink(make_(left, rights[at]));
      ++at;
    });
    if (at != rights.size())
      throw Misuse("zip: partition " + std::to_string(step.partition().index()) + " of " +
                   std::to_string(step.partition().count) + " has " + std::to_string(at) +
                   " elements on the left and " + std::to_string(rights.size()) +
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
