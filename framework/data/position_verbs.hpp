// The verbs that go by where elements stand: in the order of partitions and, within them, of elements.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include "data/dealt.hpp"
#include "data/element.hpp"
#include "data/operators.hpp"
#include "data/ordered_pipe.hpp"
#include "data/pair.hpp"
#include "data/prefix_sum.hpp"
#include "data/sample.hpp"
#include "data/verbs.hpp"
#include "data/window.hpp"
#include "data/zip_with_index.hpp"
#include "pel/error.hpp"

namespace pel::data {

template <class Run>
class PositionVerbs {
  using T = typename Run::Element;
  using View = ViewOf<T>;

 public:
  // The elements of both: partition p of the result has those of partition p of this one, then those of the other's.
  // Equal ones stay; distinct() leaves one. Cost: nothing travels and nothing is copied.
  // Example: {a, b | c} with {x | y, z} is {a, b, x | c, y, z}.
  template <class Other>
  [[nodiscard]] auto union_with(Stream<Other> other) const& {
    return copied<Run>(*this).union_with(std::move(other));
  }
  template <class Other>
  [[nodiscard]] auto union_with(Stream<Other> other) && {
    static_assert(std::is_same_v<T, typename Other::Element>, "pel: both sides of a union have elements of one type");
    return Stream<Union<Run, Other>>({taken<Run>(*this), std::move(other).run()});
  }

  // make(element, other) for each element and the one at the same place of the other dataset: an element of the result
  // each. Every partition has as many elements on both sides: so it is where both were made of one dataset by map,
  // zip_with_index and their like, and after rebalance() where both have as many in all.
  // Throws: on all ranks, when asked for: Misuse, with the first partition that has not, and both its sizes.
  // Cost: w = one pass and a copy of a partition of the other a thread; nothing travels.
  template <class Other, class Make>
  [[nodiscard]] auto zip(Stream<Other> other, Make make) const& {
    return copied<Run>(*this).zip(std::move(other), std::move(make));
  }
  template <class Other, class Make>
  [[nodiscard]] auto zip(Stream<Other> other, Make make) && {
    using U = ElementOf<std::invoke_result_t<Make&, View const&, ViewOf<typename Other::Element> const&>>;
    return Stream<Zip<Run, Other, Make, U>>({taken<Run>(*this), std::move(other).run(), std::move(make)});
  }

  // An entry (number, element) for each, numbered from 0 on in the order of all. Collective, when asked for.
  // Cost: w = one pass; l = 1 superstep of 8 bytes a partition, none where sizes are known (see partition_sizes).
  // Example: {a, b | | c} is {(0, a), (1, b) | | (2, c)}.
  [[nodiscard]] auto zip_with_index() const& { return copied<Run>(*this).zip_with_index(); }
  [[nodiscard]] auto zip_with_index() && {
    return Stream<OrderedPipe<Run, NumberElements<T>, Entry<std::uint64_t, T>>>({taken<Run>(*this), {}});
  }

  // For each element op(… op(first, second) …, it): the fold of all up to it, itself included. The totals of partitions
  // are folded first, so the bits of inexact sums depend on the number of partitions, and on nothing else.
  // Collective, when asked for. Cost: w = two passes, h = a value a partition, l = 1 superstep.
  // Example: {1, 2 | | 3} is {1, 3 | | 6}; with std::multiplies<>() it is {1, 2 | | 6}.
  template <class Op = Plus>
  [[nodiscard]] auto prefix_sum(Op op = {}) const& {
    return copied<Run>(*this).prefix_sum(std::move(op));
  }
  template <class Op = Plus>
  [[nodiscard]] auto prefix_sum(Op op = {}) && {
    static_assert(Plain<T>, "pel: what is summed is trivially copyable");
    using Start = RunningTotals<T, Op, Including::itself>;
    return Stream<OrderedPipe<Run, Start, T>>({taken<Run>(*this), Start(std::nullopt, std::move(op))});
  }
  // The same of those before it alone, from `initial` on, whose type sums have.
  // Example: {1, 2 | | 3} from 10 is {10, 11 | | 13}.
  template <class S, class Op = Plus>
  [[nodiscard]] auto exclusive_prefix_sum(S initial, Op op = {}) const& {
    return copied<Run>(*this).exclusive_prefix_sum(std::move(initial), std::move(op));
  }
  template <class S, class Op = Plus>
  [[nodiscard]] auto exclusive_prefix_sum(S initial, Op op = {}) && {
    static_assert(Plain<S>, "pel: what is summed is trivially copyable");
    using Start = RunningTotals<S, Op, Including::those_before>;
    return Stream<OrderedPipe<Run, Start, S>>({taken<Run>(*this), Start(std::move(initial), std::move(op))});
  }

  // f(std::span of an element and the width - 1 after it) for each that has so many: n - width + 1 elements, in order,
  // each where its window begins. Collective, when asked for. Throws: Misuse where width is 0;
  // OutOfBudget for a window that does not fit into memory.
  // Cost: w = two passes, h = width - 1 elements a partition, l = 1, and 1 more where sizes must be counted. Partitions
  // that are shorter than width - 1 get theirs from several. Example: {1, 2 | 3 | 4}.window(3, sum) is {6, 9 | | }.
  template <class F>
  [[nodiscard]] auto window(std::uint64_t width, F f) const& {
    return copied<Run>(*this).window(width, std::move(f));
  }
  template <class F>
  [[nodiscard]] auto window(std::uint64_t width, F f) && {
    if (width == 0) throw Misuse("window: a window has at least one element");
    using U = ElementOf<std::invoke_result_t<F&, std::span<View const>>>;
    return Dataset<U>(std::make_shared<WindowNode<Run, F, U>>(taken<Run>(*this), width, std::move(f)));
  }

  // The same elements in the same order, cut into parts that differ by one element at most. What is so cut already
  // passes through. Collective, when asked for.
  // Cost: w = two passes, h = the elements that move, l = 1, and 1 more where sizes must be counted.
  // Example: 3 partitions {a, b, c, d | | e} become {a | b, c | d, e}.
  [[nodiscard]] auto rebalance() const& { return copied<Run>(*this).rebalance(); }
  [[nodiscard]] auto rebalance() && { return Dataset<T>(std::make_shared<RebalancedNode<Run>>(taken<Run>(*this))); }

  // About that fraction of the elements, each drawn for itself by (--seed, number of the verb in the program,
  // partition, position): the same ones in every run, other ones where the program samples again, and in each round of
  // an iterate(). Cost: nothing travels. Throws: Misuse where the fraction is not between 0 and 1.
  [[nodiscard]] auto sample(double fraction) const& { return copied<Run>(*this).sample(fraction); }
  [[nodiscard]] auto sample(double fraction) && {
    if (!(fraction >= 0 && fraction <= 1))
      throw Misuse("sample: " + std::to_string(fraction) + " is not a fraction between 0 and 1");
    auto run = taken<Run>(*this);
    auto& flow = *run.flow();
    return Stream<OrderedPipe<Run, DrawElements<T>, T>>(
        {std::move(run), DrawElements<T>(flow.seed(), flow.number_verb(), fraction)});
  }
  // n of the elements, all sets of n being as likely, or all elements where they are fewer; in order, drawn as sample()
  // draws. Collective, when asked for.
  // Cost: w = two passes, h = 8 bytes for about n + 6 sqrt(n) elements, l = 1, and 1 more where sizes must be counted.
  [[nodiscard]] auto sample_exactly(std::uint64_t n) const& { return copied<Run>(*this).sample_exactly(n); }
  [[nodiscard]] auto sample_exactly(std::uint64_t n) && {
    auto run = taken<Run>(*this);
    auto& flow = *run.flow();
    return Stream<OrderedPipe<Run, DrawExactly<T>, T>>(
        {std::move(run), DrawExactly<T>(flow.seed(), flow.number_verb(), n)});
  }
};

}  // namespace pel::data
