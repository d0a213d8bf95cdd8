// sort_by, map_partitions, union_with, zip, prefix sums and samples with all layouts and any.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "layouts.hpp"

using namespace pel::test;
using pel::Job;

namespace {

// Some elements twice, some not at all.
constexpr auto twice_or_never = [](auto block, auto emit) {
  for (auto const& item : block) {
    if (item.value % 3 == 0) continue;
    emit(item);
    if (item.value % 3 == 1) emit({item.key, -item.value});
  }
};

Items plain_twice_or_never(Items const& items) {
  return plain_flat_map<Item>(items, [](Item const& item, auto const& emit) {
    if (item.value % 3 == 0) return;
    emit(item);
    if (item.value % 3 == 1) emit(Item{item.key, -item.value});
  });
}

template <class Key>
std::vector<Item> plain_sorted(Items const& items, Key const& key, bool descending) {
  auto all = all_of(items);
  std::stable_sort(all.begin(), all.end(),
                   [&](Item const& a, Item const& b) { return descending ? key(b) < key(a) : key(a) < key(b); });
  return all;
}

// Keys that many elements share; what decides between these is their number.
constexpr auto last_digit = [](auto const& item) { return item.value % 10; };

void sort(Job& job, Items const& items, Differences& differences) {
  auto const data = given(job, items);
  auto const compare = [&](char const* what, auto const& sorted, auto const& key, bool descending) {
    auto const parts = parts_of(sorted);
    differences.compare(what, all_of(parts), plain_sorted(items, key, descending));
    std::size_t most = 0, n = 0;
    for (auto const& part : parts) most = std::max(most, part.size()), n += part.size();
    differences.compare("parts of about equal size", most <= 2 * n / parts.size() + 8, true);
  };
  compare("sort_by text", data.sort_by(item_key), item_key, false);
  compare("sort_descending_by text", data.sort_descending_by(item_key), item_key, true);
  compare("sort_by number", data.sort_by(last_digit), last_digit, false);
  compare("sort_descending_by number", data.sort_descending_by(last_digit), last_digit, true);
}

// Partition by partition, as it is said: the totals of partitions are folded first.
Parts<double> plain_sums_before(Items const& items, double before) {
  Parts<double> made;
  for (auto const& part : items) {
    auto& sums = made.emplace_back();
    double sum = before, total = 0;
    for (std::size_t i = 0; i < part.size(); ++i) {
      auto const x = static_cast<double>(part[i].value) * 0.1;
      sums.push_back(sum);
      sum += x;
      total = i == 0 ? x : total + x;
    }
    if (!part.empty()) before += total;
  }
  return made;
}

void go_by_position(Job& job, Items const& items, Differences& differences) {
  auto const data = given(job, items);
  auto const others = partners(items);
  auto both = items;
  for (std::size_t p = 0; p < both.size(); ++p) both[p].insert(both[p].end(), others[p].begin(), others[p].end());
  differences.compare("map_partitions", parts_of(data.map_partitions<Item>(twice_or_never)),
                      plain_twice_or_never(items));
  differences.compare("union_with", parts_of(data.union_with(given(job, others))), both);
  auto zipped = items;
  for (auto& part : zipped)
    for (auto& item : part) item.value = mixed(item.value, static_cast<std::int64_t>(item.key.size()));
  auto const sizes = data.map([](auto const& item) { return static_cast<std::int64_t>(item.key.size()); });
  differences.compare("zip",
                      parts_of(data.zip(sizes,
                                        [](auto const& item, std::int64_t size) {
                                          return Item{std::string(item.key), mixed(item.value, size)};
                                        })),
                      zipped);
  auto const tenths = data.map([](auto const& item) { return static_cast<double>(item.value) * 0.1; });
  differences.compare("exclusive_prefix_sum", parts_of(tenths.exclusive_prefix_sum(0.3)),
                      plain_sums_before(items, 0.3));
}

// What the verb-th verb of the program that draws gives the element at a place, as the header of draws says.
std::uint64_t draw_of(std::uint64_t seed, std::uint64_t verb, std::uint64_t partition, std::uint64_t position) {
  using pel::base::stable_hash;
  auto const state = stable_hash(stable_hash(stable_hash(seed) ^ stable_hash(verb)) ^ partition);
  return pel::base::mix64(state + (position + 1) * 0x9e3779b97f4a7c15ULL);
}

Items plain_sample(Items const& items, std::uint64_t seed, std::uint64_t verb, double fraction) {
  Items made(items.size());
  for (std::size_t p = 0; p < items.size(); ++p)
    for (std::size_t i = 0; i < items[p].size(); ++i)
      if (static_cast<long double>(draw_of(seed, verb, p, i)) < static_cast<long double>(fraction) * 0x1p64L)
        made[p].push_back(items[p][i]);
  return made;
}

// Those with the n least draws, found by sorting all.
Items plain_exactly(Items const& items, std::uint64_t seed, std::uint64_t verb, std::size_t n) {
  std::vector<std::tuple<std::uint64_t, std::size_t, std::size_t>> draws;
  for (std::size_t p = 0; p < items.size(); ++p)
    for (std::size_t i = 0; i < items[p].size(); ++i) draws.emplace_back(draw_of(seed, verb, p, i), p, i);
  std::sort(draws.begin(), draws.end());
  draws.resize(std::min(n, draws.size()));
  std::sort(draws.begin(), draws.end(), [](auto const& a, auto const& b) {
    return std::pair(std::get<1>(a), std::get<2>(a)) < std::pair(std::get<1>(b), std::get<2>(b));
  });
  Items made(items.size());
  for (auto const& [draw, p, i] : draws) made[p].push_back(items[p][i]);
  return made;
}

void draw(Job& job, Items const& items, Differences& differences) {
  auto const data = given(job, items);
  auto const seed = pel::flow_of(job)->seed();
  std::uint64_t verb = 0;
  for (auto const fraction : {0.3, 0.0, 1.0}) {
    differences.compare("sample", parts_of(data.sample(fraction)), plain_sample(items, seed, verb, fraction));
    ++verb;
  }
  for (std::size_t const n : {0U, 1U, 40U, 900U, 1'000'000U}) {
    differences.compare("sample_exactly", parts_of(data.sample_exactly(n)), plain_exactly(items, seed, verb, n));
    ++verb;
  }
}

}  // namespace

TEST_CASE("sorting is stable, up and down, by texts and by numbers, however elements lie") {
  CHECK(differences_of_layouts(sort) == "");
  CHECK(holds_for_any("sorted", sort));
}

TEST_CASE("a sort cuts keys that come again after so many elements as evenly as others") {
  constexpr std::uint64_t n = 80'000;
  auto const largest_part = [](auto const& sorted) {
    std::size_t most = 0;
    for (auto const& part : parts_of(sorted)) most = std::max(most, part.size());
    return most;
  };
  for (std::uint64_t const period : {2, 8, 10, 64})
    (void)run_datasets(Shape{8, 1}.options(), [&](Job& job) {
      auto const numbers = pel::generate<std::uint64_t>(job, n, pel::itself);  // can be looked up
      auto const key = [=](std::uint64_t i) { return i % period; };
      CHECK(largest_part(numbers.sort_by(key)) < n / 8 * 5 / 4);
      CHECK(largest_part(numbers.filter([](auto) { return true; }).sort_by(key)) < n / 8 * 5 / 4);
    });
}

TEST_CASE("verbs that go by position give what plain programs give, whatever lies in the parts") {
  CHECK(differences_of_layouts(go_by_position) == "");
  CHECK(holds_for_any("by position", go_by_position));
}

TEST_CASE("samples are the elements with the least draws, however elements lie") {
  CHECK(differences_of_layouts(draw) == "");
  CHECK(holds_for_any("drawn", draw));
}
