// The verbs that find elements of another dataset by key.
//
// The other side of all but full_join and cogroup may be a broadcast() of it: then it lies on every rank, elements stay
// where they are, in their order, and nothing travels when the result is asked for. So small sides are joined, and keys
// that most elements have.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include "data/broadcast.hpp"
#include "data/cogroup.hpp"
#include "data/element.hpp"
#include "data/join.hpp"
#include "data/pipe.hpp"
#include "data/verbs.hpp"

namespace pel::data {

template <class Run>
class JoinVerbs {
  using T = typename Run::Element;
  using View = ViewOf<T>;
  template <class F, class... Given>
  using ResultOf = ElementOf<std::invoke_result_t<F&, Given const&...>>;

 public:
  // make(element, group, emit) for each element, with the group of `right` elements whose right_key is its own key: in
  // their order, and empty where there is none. So it is an inner join that emits for each of the group, a left join
  // that also emits where it is empty, a semi-join that emits once where it is not; the verbs below do that. Elements
  // come by the partition that a hash of the key picks, there in their order. But a key that more than 1/P (or 1/64) of
  // the elements have is hot: these stay where they are, and what matches them comes to every rank, if it is no more
  // than 16 MiB for all hot keys together. So put the side with hot keys to the left. Collective, when asked for.
  // Cost: w = three passes over the elements, two over `right`, h = every element of both once, l = 2; where a key is
  // hot two passes over `right` and two supersteps more.
  // Example: orders.join<Row>(customers, by_customer, by_id, [](auto order, auto const& matches, auto emit) { … })
  template <class Emitted, class Right, class Key, class RightKey, class Make>
  [[nodiscard]] auto join(Stream<Right> right, Key key, RightKey right_key, Make make) const& {
    return copied<Run>(*this).template join<Emitted>(std::move(right), std::move(key), std::move(right_key),
                                                     std::move(make));
  }
  template <class Emitted, class Right, class Key, class RightKey, class Make>
  [[nodiscard]] auto join(Stream<Right> right, Key key, RightKey right_key, Make make) && {
    return std::move(*this).template joined<Emitted>("join", std::move(right), std::move(key), std::move(right_key),
                                                     std::move(make));
  }
  // Cost with a broadcast: w = a table of the small side on each rank, then a probe an element; h = l = 0.
  template <class Emitted, class R, class Key, class RightKey, class Make>
  [[nodiscard]] auto join(Broadcast<R> right, Key key, RightKey right_key, Make make) const& {
    return copied<Run>(*this).template join<Emitted>(std::move(right), std::move(key), std::move(right_key),
                                                     std::move(make));
  }
  template <class Emitted, class R, class Key, class RightKey, class Make>
  [[nodiscard]] auto join(Broadcast<R> right, Key key, RightKey right_key, Make make) && {
    return std::move(*this).template joined<Emitted>("join", std::move(right), std::move(key), std::move(right_key),
                                                     std::move(make));
  }

  // make(element, other) for each pair with one key: an element of the result each.
  template <class Right, class Key, class RightKey, class Make>
  [[nodiscard]] auto inner_join(Right right, Key key, RightKey right_key, Make make) const& {
    return copied<Run>(*this).inner_join(std::move(right), std::move(key), std::move(right_key), std::move(make));
  }
  template <class Right, class Key, class RightKey, class Make>
  [[nodiscard]] auto inner_join(Right right, Key key, RightKey right_key, Make make) && {
    using U = ResultOf<Make, View, typename Right::View>;
    return std::move(*this).template joined<U>(
        "inner_join", std::move(right), std::move(key), std::move(right_key),
        [make = std::move(make)](View const& element, auto const& group, auto emit) {
          for (auto const& other : group) emit(make(element, other));
        });
  }

  // The same, and make(element, nullptr) where nothing has its key: `other` is a pointer to what functions see.
  // Example: orders.left_join(names, by_id, by_id, [](auto order, auto const* name) { return name ? *name : "?"; })
  template <class Right, class Key, class RightKey, class Make>
  [[nodiscard]] auto left_join(Right right, Key key, RightKey right_key, Make make) const& {
    return copied<Run>(*this).left_join(std::move(right), std::move(key), std::move(right_key), std::move(make));
  }
  template <class Right, class Key, class RightKey, class Make>
  [[nodiscard]] auto left_join(Right right, Key key, RightKey right_key, Make make) && {
    using Other = typename Right::View const*;
    using U = ResultOf<Make, View, Other>;
    return std::move(*this).template joined<U>(
        "left_join", std::move(right), std::move(key), std::move(right_key),
        [make = std::move(make)](View const& element, auto const& group, auto emit) {
          for (auto const& other : group) emit(make(element, Other(&other)));
          if (group.empty()) emit(make(element, Other(nullptr)));
        });
  }

  // The elements whose key one of the others has, and those whose key none has; each once. Of the others, only keys
  // travel.
  template <class Right, class Key, class RightKey>
  [[nodiscard]] auto semi_join(Right right, Key key, RightKey right_key) const& {
    return copied<Run>(*this).semi_join(std::move(right), std::move(key), std::move(right_key));
  }
  template <class Right, class Key, class RightKey>
  [[nodiscard]] auto semi_join(Right right, Key key, RightKey right_key) && {
    return std::move(*this).matched(std::move(right), std::move(key), std::move(right_key), true);
  }
  template <class Right, class Key, class RightKey>
  [[nodiscard]] auto anti_join(Right right, Key key, RightKey right_key) const& {
    return copied<Run>(*this).anti_join(std::move(right), std::move(key), std::move(right_key));
  }
  template <class Right, class Key, class RightKey>
  [[nodiscard]] auto anti_join(Right right, Key key, RightKey right_key) && {
    return std::move(*this).matched(std::move(right), std::move(key), std::move(right_key), false);
  }

  // make(key, lefts, rights, emit) for each key of either side: forward ranges with empty() and size(), each in the
  // order of its side, of which one may be empty. Keys come in order of first appearance (source partitions in order,
  // of each the left side before the right) within the partition that a hash of the key picks.
  // Collective, when asked for. Cost: w = two passes over both, h = every element of both once, l = 1.
  template <class Emitted, class Right, class Key, class RightKey, class Make>
  [[nodiscard]] auto cogroup(Stream<Right> right, Key key, RightKey right_key, Make make) const& {
    return copied<Run>(*this).template cogroup<Emitted>(std::move(right), std::move(key), std::move(right_key),
                                                        std::move(make));
  }
  template <class Emitted, class Right, class Key, class RightKey, class Make>
  [[nodiscard]] auto cogroup(Stream<Right> right, Key key, RightKey right_key, Make make) && {
    return std::move(*this).template cogrouped<Emitted>("cogroup", std::move(right), std::move(key),
                                                        std::move(right_key), std::move(make));
  }

  // make(element, other) for each pair with one key, and with a nullptr in place of one where the other side has
  // nothing with that key: both are pointers to what functions see. In the order of cogroup().
  template <class Right, class Key, class RightKey, class Make>
  [[nodiscard]] auto full_join(Stream<Right> right, Key key, RightKey right_key, Make make) const& {
    return copied<Run>(*this).full_join(std::move(right), std::move(key), std::move(right_key), std::move(make));
  }
  template <class Right, class Key, class RightKey, class Make>
  [[nodiscard]] auto full_join(Stream<Right> right, Key key, RightKey right_key, Make make) && {
    using One = View const*;
    using Other = ViewOf<typename Right::Element> const*;
    using U = ResultOf<Make, One, Other>;
    return std::move(*this).template cogrouped<U>(
        "full_join", std::move(right), std::move(key), std::move(right_key),
        [make = std::move(make)](auto const&, auto const& lefts, auto const& rights, auto emit) {
          for (auto const& left : lefts) {
            for (auto const& other : rights) emit(make(One(&left), Other(&other)));
            if (rights.empty()) emit(make(One(&left), Other(nullptr)));
          }
          if (!lefts.empty()) return;
          for (auto const& other : rights) emit(make(One(nullptr), Other(&other)));
        });
  }

 private:
  template <class Emitted, class Right, class Key, class RightKey, class Make>
  [[nodiscard]] auto joined(char const* verb, Stream<Right> right, Key key, RightKey right_key, Make make) && {
    using K = ResultOf<Key, View>;
    using U = ElementOf<Emitted>;
    static_assert(std::is_same_v<K, ResultOf<RightKey, typename Stream<Right>::View>>,
                  "pel: both sides of a join have keys of one type");
    using Node = JoinNode<Run, Right, Key, RightKey, Make, K, U>;
    return Dataset<U>(std::make_shared<Node>(verb, taken<Run>(*this), std::move(right).run(), std::move(key),
                                             std::move(right_key), std::move(make)));
  }
  // A narrow verb: its superstep has the name of what follows.
  template <class Emitted, class R, class Key, class RightKey, class Make>
  [[nodiscard]] auto joined(char const* /*verb*/, Broadcast<R> right, Key key, RightKey right_key, Make make) && {
    using K = ResultOf<Key, View>;
    static_assert(std::is_same_v<K, ResultOf<RightKey, ViewOf<R>>>, "pel: both sides of a join have keys of one type");
    auto groups = std::make_shared<BroadcastGroups<R, K> const>(std::move(right), right_key);
    auto find = [groups = std::move(groups), key = std::move(key), make = std::move(make)](View const& element,
                                                                                           auto emit) {
      auto const& given = key(element);
      ViewOf<K> const of = given;
      make(element, groups->find(of), emit);
    };
    return Stream<Run>(taken<Run>(*this)).template flat_map<Emitted>(std::move(find));
  }
  template <class Emitted, class Right, class Key, class RightKey, class Make>
  [[nodiscard]] auto cogrouped(char const* verb, Stream<Right> right, Key key, RightKey right_key, Make make) && {
    using R = typename Right::Element;
    using K = ResultOf<Key, View>;
    static_assert(std::is_same_v<K, ResultOf<RightKey, ViewOf<R>>>,
                  "pel: both sides of a cogroup have keys of one type");
    using Lefts = OrderedPipe<Run, PackSide<T, left_side>, std::string>;
    using Rights = OrderedPipe<Right, PackSide<R, right_side>, std::string>;
    return Stream<Lefts>(Lefts(taken<Run>(*this), {}))
        .union_with(Stream<Rights>(Rights(std::move(right).run(), {})))
        .template grouped<Emitted>(verb, KeyOfSide<T, R, K, Key, RightKey>(std::move(key), std::move(right_key)),
                                   [make = std::move(make)](ViewOf<K> const& of, auto const& group, auto emit) {
                                     using Group = std::remove_cvref_t<decltype(group)>;
                                     make(of, SideOfGroup<T, left_side, Group>(group),
                                          SideOfGroup<R, right_side, Group>(group), emit);
                                   });
  }
  template <class Right, class Key, class RightKey>
  [[nodiscard]] auto matched(Stream<Right> right, Key key, RightKey right_key, bool wanted) && {
    auto keys = std::move(right).map(std::move(right_key));
    return std::move(*this).template joined<T>(
        wanted ? "semi_join" : "anti_join", std::move(keys), std::move(key), [](auto const& of) { return of; },
        [wanted](View const& element, auto const& group, auto emit) {
          if (group.empty() != wanted) emit(element);
        });
  }
  template <class R, class Key, class RightKey>
  [[nodiscard]] auto matched(Broadcast<R> right, Key key, RightKey right_key, bool wanted) && {
    return std::move(*this).template joined<T>("", std::move(right), std::move(key), std::move(right_key),
                                               [wanted](View const& element, auto const& group, auto emit) {
                                                 if (group.empty() != wanted) emit(element);
                                               });
  }
};

}  // namespace pel::data
