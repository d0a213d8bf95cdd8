// The joins, cogroup and broadcast with all layouts and any: one side as the layout says, the other side with some of
// its keys; and the other way round.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/hot_keys.hpp"
#include "layouts.hpp"

using namespace pel::test;
using pel::Dataset;
using pel::Entry;
using pel::Job;

namespace {

using Seen = Entry<std::string_view, std::int64_t>;
using Numbers = std::vector<std::int64_t>;

// What joins make of a pair; of a pointer that is null, too.
Seen pair_of(Seen const& left, Seen const& right) { return {left.key, mixed(left.value, right.value)}; }
Seen pair_or_left(Seen const& left, Seen const* right) {
  return right == nullptr ? Seen{left.key, -left.value} : pair_of(left, *right);
}
Seen any_pair(Seen const* left, Seen const* right) {
  return left == nullptr ? Seen{right->key, -1'000'000 - right->value} : pair_or_left(*left, right);
}
constexpr auto with_matches = [](Seen const& left, auto const& matches, auto emit) {
  auto told = mixed(left.value, static_cast<std::int64_t>(matches.size()));
  for (auto const& right : matches) told = mixed(told, right.value);
  emit(Seen{left.key, told});
};
constexpr auto both_sides = [](auto const& key, auto const& lefts, auto const& rights, auto emit) {
  auto told = mixed(static_cast<std::int64_t>(lefts.size()), static_cast<std::int64_t>(rights.size()));
  for (auto const& left : lefts) told = mixed(told, left.value);
  for (auto const& right : rights) told = mixed(told, right.value);
  emit(Seen{key, told});
};

// The keys whose left elements stay where they are.
std::map<std::string, bool> plain_hot(Items const& lefts) {
  std::map<std::string, std::uint64_t> counts;
  std::uint64_t n = 0;
  for (auto const& part : lefts)
    for (auto const& item : part) ++counts[item.key], ++n;
  auto const parts = std::min<std::uint64_t>(lefts.size(), 64);
  std::map<std::string, bool> hot;
  for (auto const& [key, count] : counts)
    hot[key] = parts > 1 && count >= pel::data::HotKeys::least && count * parts > n;
  return hot;
}

struct PlainJoins {
  Items join, inner, left, semi, anti;
};

PlainJoins plain_joins(Items const& lefts, Items const& rights, bool all_stay) {
  auto const n = lefts.size();
  PlainJoins made{Items(n), Items(n), Items(n), Items(n), Items(n)};
  std::map<std::string, Numbers> by_key;
  for (auto const& part : rights)
    for (auto const& right : part) by_key[right.key].push_back(right.value);
  auto const hot = plain_hot(lefts);
  for (std::size_t p = 0; p < n; ++p)
    for (auto const& left : lefts[p]) {
      auto const to = all_stay || hot.at(left.key) ? p : home_of(left.key, n);
      auto const& matches = by_key[left.key];
      auto told = mixed(left.value, static_cast<std::int64_t>(matches.size()));
      for (auto const number : matches) {
        told = mixed(told, number);
        made.inner[to].push_back({left.key, mixed(left.value, number)});
        made.left[to].push_back(made.inner[to].back());
      }
      made.join[to].push_back({left.key, told});
      if (matches.empty()) made.left[to].push_back({left.key, -left.value});
      (matches.empty() ? made.anti : made.semi)[to].push_back(left);
    }
  return made;
}

struct PlainGroups {
  Items cogroups, full;
};

void add_group(std::string const& key, Numbers const& lefts, Numbers const& rights, std::size_t to, PlainGroups& made) {
  auto told = mixed(static_cast<std::int64_t>(lefts.size()), static_cast<std::int64_t>(rights.size()));
  for (auto const* const side : {&lefts, &rights})
    for (auto const number : *side) told = mixed(told, number);
  made.cogroups[to].push_back({key, told});
  for (auto const left : lefts) {
    for (auto const right : rights) made.full[to].push_back({key, mixed(left, right)});
    if (rights.empty()) made.full[to].push_back({key, -left});
  }
  if (lefts.empty())
    for (auto const right : rights) made.full[to].push_back({key, -1'000'000 - right});
}

PlainGroups plain_groups(Items const& lefts, Items const& rights) {
  auto const n = lefts.size();
  std::vector<std::string> order;
  std::map<std::string, std::pair<Numbers, Numbers>> sides;
  auto const side_of = [&](std::string const& key) -> auto& {
    if (sides.count(key) == 0) order.push_back(key);
    return sides[key];
  };
  for (std::size_t p = 0; p < n; ++p) {
    for (auto const& left : lefts[p]) side_of(left.key).first.push_back(left.value);
    for (auto const& right : rights[p]) side_of(right.key).second.push_back(right.value);
  }
  PlainGroups made{Items(n), Items(n)};
  for (auto const& key : order) add_group(key, sides[key].first, sides[key].second, home_of(key, n), made);
  return made;
}

template <class Right>
void compare_joins(Dataset<Item> const& left, Right const& right, PlainJoins const& expected,
                   Differences& differences) {
  differences.compare("join", parts_of(left.join<Item>(right, item_key, item_key, with_matches)), expected.join);
  differences.compare("inner_join", parts_of(left.inner_join(right, item_key, item_key, pair_of)), expected.inner);
  differences.compare("left_join", parts_of(left.left_join(right, item_key, item_key, pair_or_left)), expected.left);
  differences.compare("semi_join", parts_of(left.semi_join(right, item_key, item_key)), expected.semi);
  differences.compare("anti_join", parts_of(left.anti_join(right, item_key, item_key)), expected.anti);
}

// f(lefts, rights) for the items on either side; and, where a key is hot, for partners that have it not.
template <class F>
void on_either_side(Items const& items, F const& f) {
  auto others = partners(items);
  f(items, others);
  f(others, items);
  auto const hot = plain_hot(items);
  auto const is_hot = [&](Item const& item) { return hot.count(item.key) != 0 && hot.at(item.key); };
  std::size_t left_out = 0;
  for (auto& part : others) left_out += std::erase_if(part, is_hot);
  if (left_out > 0) f(items, others);
}

void join(Job& job, Items const& items, Differences& differences) {
  on_either_side(items, [&](Items const& lefts, Items const& rights) {
    compare_joins(given(job, lefts), given(job, rights), plain_joins(lefts, rights, false), differences);
  });
}

void join_with_broadcast(Job& job, Items const& items, Differences& differences) {
  on_either_side(items, [&](Items const& lefts, Items const& rights) {
    auto const everywhere = given(job, rights).broadcast();
    compare_joins(given(job, lefts), everywhere, plain_joins(lefts, rights, true), differences);
    differences.compare("size of a broadcast", everywhere.size(), all_of(rights).size());
    std::vector<Item> copy;
    for (auto const& item : everywhere) copy.push_back({std::string(item.key), item.value});
    differences.compare("broadcast", copy, all_of(rights));
  });
}

void group_both(Job& job, Items const& items, Differences& differences) {
  on_either_side(items, [&](Items const& lefts, Items const& rights) {
    auto const left = given(job, lefts), right = given(job, rights);
    auto const expected = plain_groups(lefts, rights);
    differences.compare("cogroup", parts_of(left.cogroup<Item>(right, item_key, item_key, both_sides)),
                        expected.cogroups);
    differences.compare("full_join", parts_of(left.full_join(right, item_key, item_key, any_pair)), expected.full);
  });
}

}  // namespace

TEST_CASE("joins find what a plain program finds, and left elements of hot keys stay, however elements lie") {
  CHECK(differences_of_layouts(join) == "");
  CHECK(holds_for_any("joins", join));
}

TEST_CASE("joins with a broadcast find what a plain program finds where elements are") {
  CHECK(differences_of_layouts(join_with_broadcast) == "");
  CHECK(holds_for_any("joins with a broadcast", join_with_broadcast));
}

TEST_CASE("cogroup and full_join give what a plain program gives, however elements lie") {
  CHECK(differences_of_layouts(group_both) == "");
  CHECK(holds_for_any("groups of both sides", group_both));
}
