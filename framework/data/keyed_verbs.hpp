// The verbs that bring elements together by key or by index.
#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include "data/dealt.hpp"
#include "data/element.hpp"
#include "data/folding.hpp"
#include "data/group.hpp"
#include "data/operators.hpp"
#include "data/reduce.hpp"
#include "data/reduce_to_index.hpp"
#include "data/verbs.hpp"

namespace pel {

// Keys and values of reduce_by_key.
inline constexpr auto itself = [](auto const& element) { return element; };
// The number of elements of each key.
inline constexpr data::Reducer how_many{[](auto const&) { return std::int64_t{1}; }, data::Plus{}};
// The sum, least and greatest of value(element). Whole numbers are summed in 64 bits.
template <class Value>
[[nodiscard]] auto sum_of(Value value) {
  auto widened = [value = std::move(value)](auto const& element) {
    auto const one = value(element);
    using One = std::remove_cvref_t<decltype(one)>;
    if constexpr (std::is_integral_v<One>)
      return static_cast<std::conditional_t<std::is_signed_v<One>, std::int64_t, std::uint64_t>>(one);
    else
      return one;
  };
  return data::Reducer{std::move(widened), data::Plus{}};
}
template <class Value>
[[nodiscard]] auto least_of(Value value) {
  return data::Reducer{std::move(value), [](auto const& a, auto const& b) { return b < a ? b : a; }};
}
template <class Value>
[[nodiscard]] auto greatest_of(Value value) {
  return data::Reducer{std::move(value), [](auto const& a, auto const& b) { return a < b ? b : a; }};
}

namespace data {

template <class Run>
class KeyedVerbs {
  using T = typename Run::Element;
  using View = ViewOf<T>;
  template <class F>
  using ResultOf = ElementOf<std::invoke_result_t<F&, View const&>>;

 public:
  // One entry (key, value) for each key(element), in order of first appearance within the partition that a hash of the
  // key picks; values as the reducer says: pel::how_many, pel::sum_of(f), pel::least_of(f), pel::greatest_of(f), or
  // {value, combine}, where the first value of a key is value(element) and each further one combine(so far, value).
  // Folds in the order of partitions and, within them, of elements. Collective, when asked for. Cost: w = a table probe
  // an element, h = an entry a key and partition, l = 1 superstep.
  template <class Key, class Value, class Combine>
  [[nodiscard]] auto reduce_by_key(Key key, Reducer<Value, Combine> reduce) const& {
    return copied<Run>(*this).reduce_by_key(std::move(key), std::move(reduce));
  }
  template <class Key, class Value, class Combine>
  [[nodiscard]] auto reduce_by_key(Key key, Reducer<Value, Combine> reduce) && {
    return std::move(*this).reduced("reduce_by_key", std::move(key), std::move(reduce));
  }

  // How many elements each key has: reduce_by_key(key, pel::how_many).
  template <class Key>
  [[nodiscard]] auto count_by_key(Key key) const& {
    return copied<Run>(*this).count_by_key(std::move(key));
  }
  template <class Key>
  [[nodiscard]] auto count_by_key(Key key) && {
    return std::move(*this).reduced("count_by_key", std::move(key), how_many);
  }

  // As reduce_by_key, with an accumulator: one entry (key, A) for each key, an A being `initial` with the key's
  // elements added by add(A&, element), in order; those of the source partitions are merged by merge(A&, A const&), in
  // order. Each partition that has the key begins with `initial`. A is trivially copyable. Collective, Cost: as
  // reduce_by_key. Example, mean and number of each station: readings.aggregate_by_key(station, Mean{},
  //     [](Mean& m, auto const& r) { m.sum += r.value, ++m.n; }, [](Mean& m, Mean const& o) { m.sum += o.sum, m.n +=
  //     o.n; })
  template <class Key, class A, class Add, class Merge>
  [[nodiscard]] auto aggregate_by_key(Key key, A initial, Add add, Merge merge) const& {
    return copied<Run>(*this).aggregate_by_key(std::move(key), std::move(initial), std::move(add), std::move(merge));
  }
  template <class Key, class A, class Add, class Merge>
  [[nodiscard]] auto aggregate_by_key(Key key, A initial, Add add, Merge merge) && {
    static_assert(Plain<A>, "pel: an accumulator is trivially copyable");
    using K = ResultOf<Key>;
    using Fold = Folding<View, A, Add, Merge>;
    using Node = ReduceNode<Run, Key, Fold, K, A>;
    return Dataset<Entry<K, A>>(std::make_shared<Node>("aggregate_by_key", taken<Run>(*this), std::move(key),
                                                       Fold(initial, std::move(add), std::move(merge))));
  }

  // n values: at i that of all elements with index(element) = i, as the reducer says (see reduce_by_key), and `missing`
  // where there is none. Cut into equal parts, as generate(n): they zip. Values are trivially copyable.
  // Collective, when asked for. Throws: on all ranks, where an index is not one of 0 … n - 1.
  // Cost: w = a table probe an element, h = 8 bytes and a value an index and partition, l = 1.
  // Example: edges.reduce_to_index(n, [](auto const& e) { return e.from; }, pel::how_many): the degree of each vertex.
  template <class Index, class Value, class Combine>
  [[nodiscard]] auto reduce_to_index(std::uint64_t n, Index index, Reducer<Value, Combine> reduce,
                                     ResultOf<Value> missing = {}) const& {
    return copied<Run>(*this).reduce_to_index(n, std::move(index), std::move(reduce), std::move(missing));
  }
  template <class Index, class Value, class Combine>
  [[nodiscard]] auto reduce_to_index(std::uint64_t n, Index index, Reducer<Value, Combine> reduce,
                                     ResultOf<Value> missing = {}) && {
    using V = ResultOf<Value>;
    static_assert(Plain<V>, "pel: a value that is combined is trivially copyable");
    using Node = IndexedReduceNode<Run, Index, Reducer<Value, Combine>, V>;
    return Dataset<V>(
        std::make_shared<Node>(taken<Run>(*this), n, std::move(index), std::move(reduce), std::move(missing)));
  }

  // make(key, group, emit) for each key(element), which emits any number of others; the group is a forward range of the
  // key's elements in their order. Groups come in order of first appearance within the partition that a hash of the key
  // picks. Where a group is only folded, reduce_by_key does it with less memory and traffic. Collective, when asked
  // for. Cost: w = two passes, h = every element once, l = 1.
  template <class Emitted, class Key, class Make>
  [[nodiscard]] auto group_by_key(Key key, Make make) const& {
    return copied<Run>(*this).template group_by_key<Emitted>(std::move(key), std::move(make));
  }
  template <class Emitted, class Key, class Make>
  [[nodiscard]] auto group_by_key(Key key, Make make) && {
    return std::move(*this).template grouped<Emitted>("group_by_key", std::move(key), std::move(make));
  }

  // Each element once, in order of first appearance within the partition that its hash picks. Collective, when asked
  // for.
  [[nodiscard]] auto distinct() const& { return copied<Run>(*this).distinct(); }
  [[nodiscard]] auto distinct() && {
    return std::move(*this)
        .reduced("distinct", itself,
                 Reducer{[](View const&) { return std::uint8_t{1}; },
                         [](std::uint8_t, std::uint8_t) { return std::uint8_t{1}; }})
        .map([](auto const& entry) { return entry.key; });
  }

  // The first element of each key, in order of first appearance within the partition that a hash of the key picks.
  // Collective, when asked for. Cost: w = a table probe an element, h = a key and an element a key and partition; of
  // elements with texts, as group_by_key; l = 1.
  template <class Key>
  [[nodiscard]] auto distinct(Key key) const& {
    return copied<Run>(*this).distinct(std::move(key));
  }
  template <class Key>
  [[nodiscard]] auto distinct(Key key) && {
    if constexpr (Plain<T>)
      return std::move(*this)
          .reduced("distinct", std::move(key), Reducer{itself, [](T const& so_far, T const&) { return so_far; }})
          .map([](auto const& entry) { return entry.value; });
    else
      return std::move(*this).template grouped<T>(
          "distinct", std::move(key), [](auto const&, auto const& group, auto emit) { emit(*group.begin()); });
  }

  // The same elements, those of one key in one partition, which a hash of key(element) picks; there in the order of
  // (source partition, position). Collective, when asked for. Cost: w = two passes, h = every element once, l = 1.
  template <class Key>
  [[nodiscard]] auto repartition_by(Key key) const& {
    return copied<Run>(*this).repartition_by(std::move(key));
  }
  template <class Key>
  [[nodiscard]] auto repartition_by(Key key) && {
    using To = ByHash<T, ResultOf<Key>, Key>;
    return Dataset<T>(std::make_shared<DealtNode<Run, To>>(taken<Run>(*this), "repartition_by", To(std::move(key))));
  }

  // For verbs that are made of these: under their own names.
  template <class Key, class Value, class Combine>
  [[nodiscard]] auto reduced(char const* verb, Key key, Reducer<Value, Combine> reduce) && {
    using K = ResultOf<Key>;
    using V = ResultOf<Value>;
    static_assert(Plain<V>, "pel: a value that is combined is trivially copyable");
    using Node = ReduceNode<Run, Key, Reducer<Value, Combine>, K, V>;
    return Dataset<Entry<K, V>>(std::make_shared<Node>(verb, taken<Run>(*this), std::move(key), std::move(reduce)));
  }
  template <class Emitted, class Key, class Make>
  [[nodiscard]] auto grouped(char const* verb, Key key, Make make) && {
    using U = ElementOf<Emitted>;
    using Node = GroupNode<Run, Key, Make, ResultOf<Key>, U>;
    return Dataset<U>(std::make_shared<Node>(verb, taken<Run>(*this), std::move(key), std::move(make)));
  }
};

}  // namespace data
}  // namespace pel
