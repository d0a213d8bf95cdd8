// The verbs that ask: each runs what its result takes, and gives every rank the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "data/aggregate.hpp"
#include "data/broadcast.hpp"
#include "data/element.hpp"
#include "data/gathered.hpp"
#include "data/operators.hpp"
#include "data/quantiles.hpp"
#include "data/top_k.hpp"
#include "data/verbs.hpp"

namespace pel::data {

struct Count {
  std::uint64_t value = 0;
  Count& operator+=(Count other) noexcept {
    value += other.value;
    return *this;
  }
};

template <class Run>
class ActionVerbs {
  using T = typename Run::Element;
  using View = ViewOf<T>;

 public:
  // One A of all elements, on every rank: each partition makes one with add(block, a), block by block (a std::span of
  // elements; Points of points), and these are folded with += from partition 0 up, a default value first: the same bits
  // on any ranks. A: a pel::Sum and its like, or a class of your own that is trivially copyable or names its members.
  // Collective: all ranks. Cost: w = one pass, h = one A a partition, l = 1 superstep.
  template <class A, class Add>
  [[nodiscard]] A aggregate(Add const& add) const& {
    return data::aggregate<A>(run_of(*this), add);
  }
  template <class A, class Add>
  [[nodiscard]] A aggregate(Add const& add) && {
    return data::aggregate<A>(taken<Run>(*this), add);
  }

  // initial, and then all elements, folded with op: each partition folds its own in their order, from its first one on,
  // and these are folded from partition 0 up. Of S, the type of `initial`: trivially copyable, a text, a vector of
  // such, or a class that names its members. Collective: all ranks. Cost: w = one pass, h = one S a partition, l = 1
  // superstep. Example: {1, 2 | | 3}.all_reduce(10) is 16; lines.map(length).all_reduce(std::size_t{0}, greater) the
  // longest.
  template <class S, class Op = Plus>
  [[nodiscard]] S all_reduce(S initial, Op const& op = {}) const& {
    return data::all_reduce(run_of(*this), std::move(initial), op);
  }
  template <class S, class Op = Plus>
  [[nodiscard]] S all_reduce(S initial, Op const& op = {}) && {
    return data::all_reduce(taken<Run>(*this), std::move(initial), op);
  }

  // The number of elements. Collective: all ranks. Cost: w = one pass, l = 1 superstep.
  [[nodiscard]] std::uint64_t size() const {
    auto const count = [](auto const& block, Count& n) { n.value += block.size(); };
    return data::aggregate<Count>(run_of(*this), count, "size").value;
  }

  // All elements in order, on every rank: for few. Collective: all ranks. Throws: Misuse where they have more than
  // `most` bytes (texts and their lengths, plain elements as they lie in memory). Cost: h = all of them.
  [[nodiscard]] auto collect(std::uint64_t most = most_gathered) const& { return data::collect(run_of(*this), most); }
  [[nodiscard]] auto collect(std::uint64_t most = most_gathered) && { return data::collect(taken<Run>(*this), most); }

  // All elements in order, one copy a rank: see pel::Broadcast. Collective: all ranks. Throws: as collect().
  // Example: auto const stop_words = pel::read_lines(job, {"stop"}).broadcast(); words.anti_join(stop_words, itself,
  // itself)
  [[nodiscard]] Broadcast<T> broadcast(std::uint64_t most = most_gathered) const& {
    return Broadcast<T>(gather(run_of(*this), "broadcast", most));
  }
  [[nodiscard]] Broadcast<T> broadcast(std::uint64_t most = most_gathered) && {
    return Broadcast<T>(gather(taken<Run>(*this), "broadcast", most));
  }

  // The first n elements, or all where they are fewer. Collective: all ranks. Throws: Misuse where the first n of all
  // partitions have more than `most` bytes.
  // Cost: w = one pass (n elements where they can be looked up: generated ones, records), h = n elements a partition.
  [[nodiscard]] std::vector<T> first(std::uint64_t n, std::uint64_t most = most_gathered) const& {
    return data::first(run_of(*this), n, most);
  }
  [[nodiscard]] std::vector<T> first(std::uint64_t n, std::uint64_t most = most_gathered) && {
    return data::first(taken<Run>(*this), n, most);
  }

  // The k greatest elements by less(a, b), or all where they are fewer; greatest first, of equal ones those that come
  // first. Collective: all ranks. Throws: Misuse where the k greatest of all partitions have more than `most` bytes.
  // Cost: w = one pass, log k where an element is among the greatest so far; h = k elements a partition, l = 1
  // superstep. Example: counts.top_k(10, [](auto const& a, auto const& b) { return a.value < b.value; }): the most
  // frequent words.
  template <class Less = Less>
  [[nodiscard]] std::vector<T> top_k(std::size_t k, Less const& less = {}, std::uint64_t most = most_gathered) const& {
    return data::top_k(run_of(*this), k, less, most);
  }
  template <class Less = Less>
  [[nodiscard]] std::vector<T> top_k(std::size_t k, Less const& less = {}, std::uint64_t most = most_gathered) && {
    return data::top_k(taken<Run>(*this), k, less, most);
  }

  // For each q the value(element), a number, that stands at ceil(q n) when n elements are sorted, counted from 1 (0 is
  // the least): exactly. Empty where there are no elements. Collective: all ranks.
  // Throws: Misuse for a q that is not between 0 and 1.
  // Cost: w = 2 to 6 passes over elements that are kept, 13 bits of what values differ in a pass; h = 16 bytes for each
  // of up to 8,192 counts a partition, a pass and different beginning of a quantile.
  // Example: {1, 2, 3, 4}.quantiles(pel::itself, {0, 0.5, 1}) is {1, 2, 4}.
  template <class Value>
  [[nodiscard]] auto quantiles(Value const& value, std::vector<double> const& which) const& {
    return data::quantiles(run_of(*this), value, which);
  }
  template <class Value>
  [[nodiscard]] auto quantiles(Value const& value, std::vector<double> const& which) && {
    return data::quantiles(taken<Run>(*this), value, which);
  }

  // How many value(element) lie between ascending edges, or in `bins` of one width from the least to the greatest: see
  // pel::Histogram. Collective: all ranks. Throws: Misuse for no bin, and edges that do not ascend.
  // Cost: w = one pass, h = 16 bytes for each bin that is not empty a partition, l = 1 superstep; one more without
  // edges. Example: {1, 2, 2, 5}.histogram(pel::itself, {0, 2, 4}) has the counts {1, 2}, and 1 is outside.
  template <class Value>
  [[nodiscard]] Histogram histogram(Value const& value, std::vector<double> edges) const {
    return data::histogram(run_of(*this), value, std::move(edges));
  }
  template <class Value>
  [[nodiscard]] Histogram histogram(Value const& value, std::size_t bins) const {
    return data::histogram(run_of(*this), value, bins);
  }

  // f(partition, show) for each partition, on all threads: show(look) calls look(block) for each block of its elements
  // in order. For what leaves the job by ways of your own; it happens again after a restart. Collective: all ranks.
  // Throws: what f throws on any. Cost: w = one pass, l = 1 superstep.
  // Example: d.foreach_partition([&](pel::Partition p, auto const& show) {
  //            Sender to(p.index()); show([&](auto block) { to.send(block); }); to.close(); })
  template <class F>
  void foreach_partition(F const& f) const& {
    data::foreach_partition(run_of(*this), f);
  }
  template <class F>
  void foreach_partition(F const& f) && {
    data::foreach_partition(taken<Run>(*this), f);
  }

 private:
  [[nodiscard]] static Run run_of(ActionVerbs const& verbs) {
    auto copy = copied<Run>(verbs);
    return std::move(copy).run();
  }
};

}  // namespace pel::data
