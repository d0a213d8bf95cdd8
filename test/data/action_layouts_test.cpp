// aggregate, size, all_reduce, collect, first, top_k, histogram and foreach_partition with all layouts and any.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "comm/communicator.hpp"
#include "layouts.hpp"

using namespace pel::test;
using pel::Job;

namespace {

// Its bits depend on the order of elements and of partitions, and on how many partitions there are.
struct Fading {
  double sum = 0.25;
  std::int64_t bytes = 0;
  Fading& operator+=(Fading const& other) {
    sum = sum * 0.7 + other.sum;
    bytes += other.bytes;
    return *this;
  }
  void add(std::int64_t number, std::size_t size) {
    sum = sum * 0.9 + static_cast<double>(number);
    bytes += static_cast<std::int64_t>(size);
  }
  friend bool operator==(Fading const&, Fading const&) = default;
};

Fading plain_fading(Items const& items) {
  Fading all;
  for (auto const& part : items) {
    Fading here;
    for (auto const& item : part) here.add(item.value, item.key.size());
    all += here;
  }
  return all;
}

// Texts that grow: "(a,b)".
constexpr auto in_brackets = [](std::string_view a, std::string_view b) {
  return "(" + std::string(a) + "," + std::string(b) + ")";
};

std::string plain_text(Items const& items) {
  std::string all = "begin";
  for (auto const& part : items) {
    if (part.empty()) continue;
    auto here = part[0].key;
    for (std::size_t i = 1; i < part.size(); ++i) here = in_brackets(here, part[i].key);
    all = in_brackets(all, here);
  }
  return all;
}

std::vector<Item> beginning(std::vector<Item> all, std::size_t n) {
  all.resize(std::min(n, all.size()));
  return all;
}

constexpr auto by_key = [](auto const& a, auto const& b) { return a.key < b.key; };

std::vector<Item> plain_greatest(Items const& items, std::size_t k) {
  auto all = all_of(items);
  std::stable_sort(all.begin(), all.end(), [](Item const& a, Item const& b) { return by_key(b, a); });
  return beginning(all, k);
}

// Every edge is looked at; the last bin has its upper edge, too.
std::vector<std::uint64_t> plain_counts(std::vector<Item> const& all, std::vector<double> const& edges) {
  std::vector<std::uint64_t> counts(edges.size(), 0);  // the last one: outside
  for (auto const& item : all) {
    auto const x = static_cast<double>(item.key.size());
    std::size_t bin = edges.size() - 1;
    for (std::size_t i = 0; i + 1 < edges.size(); ++i)
      if (edges[i] <= x && (x < edges[i + 1] || (i + 2 == edges.size() && x == edges[i + 1]))) bin = i;
    ++counts[bin];
  }
  return counts;
}

void make_one_value(Job& job, Items const& items, Differences& differences) {
  auto const data = given(job, items);
  auto const all = all_of(items);
  auto const fading = data.aggregate<Fading>([](auto const& block, Fading& so_far) {
    for (auto const& item : block) so_far.add(item.value, item.key.size());
  });
  differences.compare("aggregate", fading, plain_fading(items));
  differences.compare("size", data.size(), all.size());
  differences.compare("all_reduce of texts", data.map(item_key).all_reduce(std::string("begin"), in_brackets),
                      plain_text(items));
  differences.compare(
      "all_reduce of numbers", data.map(item_number).all_reduce(std::int64_t{5}),
      std::int64_t{5} + static_cast<std::int64_t>(all.size() * (all.size() - (all.empty() ? 0 : 1)) / 2));
  auto const size = [](auto const& item) { return static_cast<double>(item.key.size()); };
  std::vector<double> const edges{0, 1, 3, 4, 1 << 20};
  auto made = data.histogram(size, edges);
  made.counts.push_back(made.outside);
  differences.compare("histogram", made.counts, plain_counts(all, edges));
  auto cut = data.histogram(size, 5);
  cut.counts.push_back(cut.outside);
  differences.compare("histogram of bins", cut.counts, plain_counts(all, cut.edges));
}

void bring_some(Job& job, Items const& items, Differences& differences) {
  auto const data = given(job, items);
  auto const all = all_of(items);
  differences.compare("collect", data.collect(), all);
  for (std::size_t const n : {0U, 1U, 4U, 700U, 10'000U}) {
    differences.compare("first", data.first(n), beginning(all, n));
    differences.compare("top_k", data.top_k(n, by_key), plain_greatest(items, n));
  }
}

// Each partition is shown once, on one rank.
void show(Job& job, Items const& items, Differences& differences) {
  std::mutex mutex;
  std::map<std::size_t, std::vector<Item>> seen;
  std::vector<std::size_t> order;
  given(job, items).foreach_partition([&](pel::Partition part, auto const& look) {
    std::lock_guard const lock(mutex);
    order.push_back(part.index());
    look([&](auto block) {
      for (auto const& item : block) seen[part.index()].push_back({std::string(item.key), item.value});
    });
  });
  for (auto const p : order) differences.compare("foreach_partition", seen[p], items[p]);
  std::string mine;
  for (auto const p : order) mine += std::to_string(p) + " ";
  std::vector<std::size_t> times(items.size(), 0);
  for (auto const& text : pel::comm::Communicator::world().all_gather(mine))
    for (std::size_t at = 0; at < text.size(); at = text.find(' ', at) + 1) ++times[std::stoul(text.substr(at))];
  differences.compare("partitions of foreach_partition", times, std::vector<std::size_t>(items.size(), 1));
}

}  // namespace

TEST_CASE("one value of all elements is that of a plain program, however elements lie") {
  CHECK(differences_of_layouts(make_one_value) == "");
  CHECK(holds_for_any("one value", make_one_value));
}

TEST_CASE("elements that come to every rank are those that a plain program takes, however elements lie") {
  CHECK(differences_of_layouts(bring_some) == "");
  CHECK(holds_for_any("brought", bring_some));
}

TEST_CASE("every partition is shown once, with its elements in order") {
  CHECK(differences_of_layouts(show) == "");
  CHECK(holds_for_any("shown", show));
}
