// count_by_key, aggregate_by_key, reduce_to_index, group_by_key, distinct and repartition_by with all layouts and any.
#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "layouts.hpp"

using namespace pel::test;
using pel::Entry;
using pel::Job;

namespace {

constexpr auto group_told = [](auto const& key, auto const& group, auto emit) {
  std::int64_t told = 0;
  for (auto const& item : group) told = mixed(told, item.value);
  emit({key, told});
  if (group.size() > 2) emit({key, static_cast<std::int64_t>(group.size())});
};

// Keys in order of first appearance, each with the numbers of its elements.
std::vector<std::pair<std::string, std::vector<std::int64_t>>> plain_groups(std::vector<Item> const& items) {
  std::map<std::string, std::size_t> places;
  std::vector<std::pair<std::string, std::vector<std::int64_t>>> groups;
  for (auto const& [key, number] : items) {
    auto const [at, is_new] = places.try_emplace(key, groups.size());
    if (is_new) groups.push_back({key, {}});
    groups[at->second].second.push_back(number);
  }
  return groups;
}

// What make(key, numbers, part) adds to a part for each key that has its home there.
template <class T, class Make>
Parts<T> plain_by_key(Items const& items, Make const& make) {
  Parts<T> made;
  for (auto const& part : by_home(items)) {
    auto& to = made.emplace_back();
    for (auto const& [key, numbers] : plain_groups(part)) make(key, numbers, to);
  }
  return made;
}

// An accumulator whose bits depend on the order.
struct Fading {
  double sum = 0.25;
  std::int64_t n = 0;
  friend bool operator==(Fading const&, Fading const&) = default;
};
constexpr auto add_to = [](Fading& so_far, auto const& item) {
  so_far.sum = so_far.sum * 0.7 + static_cast<double>(item.value);
  ++so_far.n;
};
constexpr auto merge_into = [](Fading& so_far, Fading const& other) {
  so_far.sum = so_far.sum * 0.3 + other.sum;
  so_far.n += other.n;
};

Parts<Entry<std::string, Fading>> plain_fading(Items const& items) {
  std::map<std::string, Fading> all;
  for (auto const& part : items)
    for (auto const& [key, numbers] : plain_groups(part)) {
      Fading here;
      for (auto const number : numbers) add_to(here, Item{"", number});
      if (auto const [at, is_new] = all.emplace(key, here); !is_new) merge_into(at->second, here);
    }
  return plain_by_key<Entry<std::string, Fading>>(items, [&](auto const& key, auto const&, auto& to) {
    to.push_back({key, all[key]});
  });
}

constexpr std::uint64_t indices = 11;
constexpr auto index_of = [](auto const& item) {
  auto const& key = item.key;
  return (key.size() * 5 + (key.empty() ? 0U : static_cast<unsigned char>(key.back()))) % indices;
};
constexpr auto fade = [](double a, double b) { return a * 0.7 + b; };
constexpr auto as_double = [](auto const& item) { return static_cast<double>(item.value); };

Parts<double> plain_indexed(Items const& items) {
  std::vector<std::optional<double>> all(indices);
  for (auto const& part : items) {
    std::vector<std::optional<double>> here(indices);
    for (auto const& item : part) {
      auto& value = here[index_of(item)];
      value = value ? fade(*value, as_double(item)) : as_double(item);
    }
    for (std::size_t i = 0; i < indices; ++i)
      if (here[i]) all[i] = all[i] ? fade(*all[i], *here[i]) : *here[i];
  }
  std::vector<double> dense;
  for (auto const& value : all) dense.push_back(value.value_or(-1));
  return in_equal_parts(dense, items.size());
}

void fold_by_key(Job& job, Items const& items, Differences& differences) {
  auto const data = given(job, items);
  differences.compare("count_by_key", parts_of(data.count_by_key(item_key)),
                      plain_by_key<Item>(items, [](auto const& key, auto const& numbers, auto& to) {
                        to.push_back({key, static_cast<std::int64_t>(numbers.size())});
                      }));
  differences.compare("aggregate_by_key", parts_of(data.aggregate_by_key(item_key, Fading{}, add_to, merge_into)),
                      plain_fading(items));
  differences.compare("reduce_to_index",
                      parts_of(data.reduce_to_index(indices, index_of, pel::data::Reducer{as_double, fade}, -1)),
                      plain_indexed(items));
}

void bring_together(Job& job, Items const& items, Differences& differences) {
  auto const data = given(job, items);
  differences.compare("group_by_key", parts_of(data.group_by_key<Item>(item_key, group_told)),
                      plain_by_key<Item>(items, [](auto const& key, auto const& numbers, auto& to) {
                        std::int64_t told = 0;
                        for (auto const number : numbers) told = mixed(told, number);
                        to.push_back({key, told});
                        if (numbers.size() > 2) to.push_back({key, static_cast<std::int64_t>(numbers.size())});
                      }));
  differences.compare(
      "distinct", parts_of(data.map(item_key).distinct()),
      plain_by_key<std::string>(items, [](auto const& key, auto const&, auto& to) { to.push_back(key); }));
  differences.compare("distinct(key)", parts_of(data.distinct(item_key)),
                      plain_by_key<Item>(items, [](auto const& key, auto const& numbers, auto& to) {
                        to.push_back({key, numbers.front()});
                      }));
  differences.compare("repartition_by", parts_of(data.repartition_by(item_key)), by_home(items));
}

// The same of numbers: plain keys, and elements without texts.
void numbers_by_key(Job& job, Items const& items, Differences& differences) {
  auto const number = [](auto const& item) { return static_cast<std::int64_t>(index_of(item)); };
  auto const home = [&](std::int64_t key) {
    return pel::base::scale_down(pel::data::key_hash<std::int64_t>(key), static_cast<std::uint32_t>(items.size()));
  };
  Parts<std::int64_t> once(items.size());
  std::set<std::int64_t> seen;
  for (auto const& item : all_of(items))
    if (seen.insert(number(item)).second) once[home(number(item))].push_back(number(item));
  auto const numbers = given(job, items).map(number);
  differences.compare("distinct of numbers", parts_of(numbers.distinct()), once);
  differences.compare("distinct(key) of numbers", parts_of(numbers.distinct(pel::itself)), once);
}

}  // namespace

TEST_CASE("what is folded by key is what a plain program folds, however elements lie") {
  CHECK(differences_of_layouts(fold_by_key) == "");
  CHECK(holds_for_any("folded by key", fold_by_key));
}

TEST_CASE("what is brought together by key is what a plain program brings, however elements lie") {
  CHECK(differences_of_layouts(bring_together) == "");
  CHECK(holds_for_any("brought together by key", bring_together));
}

TEST_CASE("distinct numbers are those of a plain program, however elements lie") {
  CHECK(differences_of_layouts(numbers_by_key) == "");
  CHECK(holds_for_any("distinct numbers", numbers_by_key));
}
