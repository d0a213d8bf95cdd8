// Dataset<T>: the elements of all partitions as one immutable value, and the verbs that make others of it.
//
// Nothing runs until an action asks (write_lines, collect, size, all_reduce, a round of iterate). Narrow verbs
// (map, filter, flat_map, map_partitions) run inside the superstep of what follows, fused at compile time; a wide verb
// (reduce_by_key, sort_by, …) is one exchange. Copies of a handle share the data, the last one frees it; a dataset used
// twice is kept, one used once passes through. Order and bits of every result depend on the number of partitions, the
// input and the seed alone, never on ranks or threads. All ranks run the same program on their main threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "data/aggregate.hpp"
#include "data/group.hpp"
#include "data/join.hpp"
#include "data/named.hpp"
#include "data/pipe.hpp"
#include "data/reduce.hpp"
#include "data/sort.hpp"
#include "data/write_lines.hpp"
#include "data/write_records.hpp"
#include "data/write_table.hpp"

namespace pel {

template <class T>
class Dataset;

// Keys and values of reduce_by_key.
inline constexpr auto itself = [](auto const& element) { return element; };
// The number of elements of each key.
inline constexpr data::Reducer how_many{[](auto const&) { return std::int64_t{1}; }, std::plus<>{}};
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
  return data::Reducer{std::move(widened), std::plus<>{}};
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
struct Count {
  std::uint64_t value = 0;
  Count& operator+=(Count other) noexcept {
    value += other.value;
    return *this;
  }
};
}  // namespace data

// What verbs hang on: a dataset, or narrow verbs over one that have not run yet. Verbs of a temporary take over what it
// holds, so that a chain keeps nothing.
template <class Run>
class Stream {
 public:
  using Element = typename Run::Element;
  using View = data::ViewOf<Element>;
  explicit Stream(Run run) : run_(std::move(run)) {}

  // f(element) -> another one.
  template <class F>
  [[nodiscard]] auto map(F f) const& {
    return Stream(*this).map(std::move(f));
  }
  template <class F>
  [[nodiscard]] auto map(F f) && {
    using U = data::ElementOf<std::invoke_result_t<F&, View const&>>;
    return narrow<U>([f = std::move(f)](View const& element, auto& sink) { sink(f(element)); });
  }

  // The elements for which keep(element) is true.
  template <class F>
  [[nodiscard]] auto filter(F keep) const& {
    return Stream(*this).filter(std::move(keep));
  }
  template <class F>
  [[nodiscard]] auto filter(F keep) && {
    return narrow<Element>([keep = std::move(keep)](View const& element, auto& sink) {
      if (keep(element)) sink(element);
    });
  }

  // f(element, emit) calls emit(another) any number of times; what it gives is looked at before emit returns.
  // Example: lines.flat_map<std::string_view>([](auto line, auto emit) { for (auto word : words(line)) emit(word); })
  template <class Emitted, class F>
  [[nodiscard]] auto flat_map(F f) const& {
    return Stream(*this).template flat_map<Emitted>(std::move(f));
  }
  template <class Emitted, class F>
  [[nodiscard]] auto flat_map(F f) && {
    using U = data::ElementOf<Emitted>;
    return narrow<U>([f = std::move(f)](View const& element, auto& sink) {
      f(element, [&sink](data::ViewOf<U> const& made) { sink(made); });
    });
  }

  // The base of the narrow verbs: f(block, emit) for each block of a partition in order, a std::span of elements
  // (Points of points), emits any number of others.
  template <class Emitted, class F>
  [[nodiscard]] auto map_partitions(F f) const& {
    return Stream(*this).template map_partitions<Emitted>(std::move(f));
  }
  template <class Emitted, class F>
  [[nodiscard]] auto map_partitions(F f) && {
    using U = data::ElementOf<Emitted>;
    auto stage = [f = std::move(f)](data::BlockOf<Element> block, auto&& sink) {
      f(block, [&sink](data::ViewOf<U> const& made) { sink(made); });
    };
    return Stream<data::BlockPipe<Run, decltype(stage), U>>({std::move(run_), std::move(stage)});
  }

  // One entry (key, value) for each key(element), in order of first appearance within the partition that a hash of the
  // key picks; values as the reducer says: pel::how_many, pel::sum_of(f), pel::least_of(f), pel::greatest_of(f), or
  // {value, combine}, where the first value of a key is value(element) and each further one combine(so far, value).
  // Folds in the order of partitions and, within them, of elements. Collective, when asked for. Cost: w = a table probe
  // an element, h = an entry a key and partition, l = 1 superstep.
  template <class Key, class Value, class Combine>
  [[nodiscard]] auto reduce_by_key(Key key, data::Reducer<Value, Combine> reduce) const& {
    return Stream(*this).reduce_by_key(std::move(key), std::move(reduce));
  }
  template <class Key, class Value, class Combine>
  [[nodiscard]] auto reduce_by_key(Key key, data::Reducer<Value, Combine> reduce) && {
    using K = data::ElementOf<std::invoke_result_t<Key&, View const&>>;
    using V = data::ElementOf<std::invoke_result_t<Value&, View const&>>;
    static_assert(data::Plain<V>, "pel: a value that is combined is trivially copyable");
    using Node = data::ReduceNode<Run, Key, data::Reducer<Value, Combine>, K, V>;
    return Dataset<Entry<K, V>>(std::make_shared<Node>(std::move(run_), std::move(key), std::move(reduce)));
  }

  // make(key, group, emit) for each key(element), which emits any number of others; the group is a forward range of the
  // key's elements in their order. Groups come in order of first appearance within the partition that a hash of the key
  // picks. Where a group is only folded, reduce_by_key does it with less memory and traffic. Collective, when asked
  // for. Cost: w = two passes, h = every element once, l = 1.
  template <class Emitted, class Key, class Make>
  [[nodiscard]] auto group_by_key(Key key, Make make) const& {
    return Stream(*this).template group_by_key<Emitted>(std::move(key), std::move(make));
  }
  template <class Emitted, class Key, class Make>
  [[nodiscard]] auto group_by_key(Key key, Make make) && {
    using K = data::ElementOf<std::invoke_result_t<Key&, View const&>>;
    using U = data::ElementOf<Emitted>;
    using Node = data::GroupNode<Run, Key, Make, K, U>;
    return Dataset<U>(std::make_shared<Node>(std::move(run_), std::move(key), std::move(make)));
  }

  // make(element, group, emit) for each element, with the group of `right` elements whose right_key is its own key: in
  // their order, and empty where there is none. So it is an inner join that emits for each of the group, a left join
  // that also emits where it is empty, a semi-join that emits once where it is not. Elements come by the partition that
  // a hash of the key picks, there in their order. Collective, when asked for.
  // Cost: w = two passes over both, h = every element of both once, l = 1.
  // Example: orders.join<Row>(customers, by_customer, by_id, [](auto order, auto const& matches, auto emit) { … })
  template <class Emitted, class Right, class Key, class RightKey, class Make>
  [[nodiscard]] auto join(Stream<Right> right, Key key, RightKey right_key, Make make) const& {
    return Stream(*this).template join<Emitted>(std::move(right), std::move(key), std::move(right_key),
                                                std::move(make));
  }
  template <class Emitted, class Right, class Key, class RightKey, class Make>
  [[nodiscard]] auto join(Stream<Right> right, Key key, RightKey right_key, Make make) && {
    using K = data::ElementOf<std::invoke_result_t<Key&, View const&>>;
    using U = data::ElementOf<Emitted>;
    static_assert(
        std::is_same_v<K, data::ElementOf<std::invoke_result_t<RightKey&, typename Stream<Right>::View const&>>>,
        "pel: both sides of a join have keys of one type");
    using Node = data::JoinNode<Run, Right, Key, RightKey, Make, K, U>;
    return Dataset<U>(std::make_shared<Node>(std::move(run_), std::move(right).run(), std::move(key),
                                             std::move(right_key), std::move(make)));
  }

  // Each element once, in order of first appearance within the partition that its hash picks. Collective, when asked
  // for.
  [[nodiscard]] auto distinct() const& { return Stream(*this).distinct(); }
  [[nodiscard]] auto distinct() && {
    return std::move(*this)
        .reduce_by_key(itself, data::Reducer{[](View const&) { return std::uint8_t{1}; },
                                             [](std::uint8_t, std::uint8_t) { return std::uint8_t{1}; }})
        .map([](auto const& entry) { return entry.key; });
  }

  // All elements in the order of key(element): a number, a text or an std::array of bytes. Stable: ties stay in their
  // order. Partition p of the result has the p-th part of all, cut at samples of the keys, and equal keys are cut like
  // others. Collective, when asked for. Cost: w = two passes, n/P log(n/P) a partition, h = every element once, l = 2.
  template <class Key>
  [[nodiscard]] auto sort_by(Key key) const& {
    return Stream(*this).sort_by(std::move(key));
  }
  template <class Key>
  [[nodiscard]] auto sort_by(Key key) && {
    return std::move(*this).sorted(std::move(key), false);
  }
  // The same from the greatest key down; ties stay in their order.
  template <class Key>
  [[nodiscard]] auto sort_descending_by(Key key) const& {
    return Stream(*this).sort_descending_by(std::move(key));
  }
  template <class Key>
  [[nodiscard]] auto sort_descending_by(Key key) && {
    return std::move(*this).sorted(std::move(key), true);
  }

  // Writes the bytes of plain elements, in order; otherwise as write_lines. Returns how many there are.
  std::uint64_t write_records(std::vector<std::string> const& paths) const& {
    return data::write_records(Run(run_), paths);
  }
  std::uint64_t write_records(std::vector<std::string> const& paths) && {
    return data::write_records(std::move(run_), paths);
  }

  // Kept in memory under this name, and part of every checkpoint from when it is first asked for: after a failure it
  // comes from the checkpoint, on any number of ranks, and what it was made of is not asked for again.
  // Throws: Misuse for a name that is used twice.
  [[nodiscard]] auto named(std::string name) const& { return Stream(*this).named(std::move(name)); }
  [[nodiscard]] auto named(std::string name) && {
    return Dataset<Element>(std::make_shared<data::NamedNode<Run>>(std::move(run_), std::move(name)));
  }

  // Writes numbers, texts or entries of them, in order, one file for each path, complete or absent: text with a line an
  // element ("key value" of entries), or, where the path ends with .h5 or .hdf5, HDF5 with the columns "key" and
  // "value". Returns how many there are. What is written is the result whose digest the summary tells. Collective: all
  // ranks. Throws: on all of them: WriteFailed.
  std::uint64_t write(std::vector<std::string> const& paths) const& { return data::write_table(Run(run_), paths); }
  std::uint64_t write(std::vector<std::string> const& paths) && { return data::write_table(std::move(run_), paths); }

  // Writes a line, or what else format(element, out) appends with <<, for each element: in order, one file for each
  // path, complete or absent. Returns how many elements there are. What is written is the result whose digest the
  // summary tells. Collective: all ranks. Throws: on all of them: WriteFailed.
  template <class Format>
  std::uint64_t write_lines(std::vector<std::string> const& paths, Format const& format) const& {
    return data::write_lines(Run(run_), paths, format);
  }
  template <class Format>
  std::uint64_t write_lines(std::vector<std::string> const& paths, Format const& format) && {
    return data::write_lines(std::move(run_), paths, format);
  }

  // One A of all elements, on every rank: each partition makes one with add(block, a), block by block (a std::span of
  // elements; Points of points), and these are folded with += from partition 0 up, a default value first: the same bits
  // on any ranks. A: a pel::Sum and its like, or a class of your own that is trivially copyable or names its members.
  // Collective: all ranks. Cost: w = one pass, h = one A a partition, l = 1 superstep.
  template <class A, class Add>
  [[nodiscard]] A aggregate(Add const& add) const& {
    return data::aggregate<A>(Run(run_), add);
  }
  template <class A, class Add>
  [[nodiscard]] A aggregate(Add const& add) && {
    return data::aggregate<A>(std::move(run_), add);
  }

  // The number of elements. Collective: all ranks.
  [[nodiscard]] std::uint64_t size() const {
    return aggregate<data::Count>([](auto const& block, data::Count& n) { n.value += block.size(); }).value;
  }

  // All elements in order, on every rank: for few. Collective: all ranks. Cost: h = all of them.
  [[nodiscard]] auto collect() const& { return data::collect(Run(run_)); }
  [[nodiscard]] auto collect() && { return data::collect(std::move(run_)); }

  // For verbs.
  [[nodiscard]] Run const& run() const& noexcept { return run_; }
  [[nodiscard]] Run&& run() && noexcept { return std::move(run_); }

 protected:
  template <class Key>
  [[nodiscard]] auto sorted(Key key, bool descending) && {
    using K = data::ElementOf<std::invoke_result_t<Key&, View const&>>;
    using Node = data::SortNode<Run, Key, Element, K>;
    return Dataset<Element>(std::make_shared<Node>(std::move(run_), std::move(key), descending));
  }
  template <class U, class Stage>
  [[nodiscard]] auto narrow(Stage stage) {
    return Stream<data::Pipe<Run, Stage, U>>({std::move(run_), std::move(stage)});
  }

  Run run_;
};

template <class T>
class Dataset : public Stream<data::Tap<T>> {
 public:
  explicit Dataset(std::shared_ptr<data::Node<T>> node) : Stream<data::Tap<T>>(data::Tap<T>(std::move(node))) {}
  // Narrow verbs behind a handle.
  template <class Run>
  requires std::is_same_v<typename Run::Element, T> Dataset(
      Stream<Run> stream)  // NOLINT(google-explicit-constructor): a dataset is what a stream is
      : Dataset(std::make_shared<data::PipeNode<Run>>(std::move(stream).run())) {}
};
template <class Run>
Dataset(Stream<Run>) -> Dataset<typename Run::Element>;

}  // namespace pel
