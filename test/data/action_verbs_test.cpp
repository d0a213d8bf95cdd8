// collect, broadcast, first, top_k, all_reduce, quantiles, histogram and foreach_partition, beside plain programs.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <limits>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "parts.hpp"
#include "pel/error.hpp"
#include "run_datasets.hpp"
#include "support/properties.hpp"

using namespace pel::test;
using pel::Entry;
using pel::Job;
using Numbers = Parts<std::int64_t>;
using Texts = Parts<std::string>;

namespace {

constexpr auto by_tens = [](std::int64_t a, std::int64_t b) { return a / 10 < b / 10; };
constexpr auto by_size = [](std::string_view a, std::string_view b) { return a.size() < b.size(); };

template <class T, class Less>
std::vector<T> plain_top(std::vector<T> all, std::size_t k, Less const& less) {
  std::stable_sort(all.begin(), all.end(), [&](T const& a, T const& b) { return less(b, a); });
  all.resize(std::min(k, all.size()));
  return all;
}

template <class T>
std::vector<T> plain_quantiles(std::vector<T> all, std::vector<double> const& which) {
  std::sort(all.begin(), all.end());
  std::vector<T> found;
  if (all.empty()) return found;
  for (auto const q : which) {
    auto const nth = static_cast<std::size_t>(std::ceil(q * static_cast<double>(all.size())));
    found.push_back(all[std::max<std::size_t>(nth, 1) - 1]);
  }
  return found;
}

// By looking at every edge.
pel::Histogram plain_histogram(std::vector<double> const& all, std::vector<double> const& edges) {
  pel::Histogram made{edges, std::vector<std::uint64_t>(edges.size() - 1), 0};
  for (auto const x : all) {
    auto found = edges.size();
    for (std::size_t i = 0; i + 1 < edges.size(); ++i)
      if (x >= edges[i] && (x < edges[i + 1] || (i + 2 == edges.size() && x == edges[i + 1]))) found = i;
    ++(found == edges.size() ? made.outside : made.counts[found]);
  }
  return made;
}

double plain_fold(Numbers const& parts) {
  double all = 0.3;
  for (auto const& part : parts) {
    if (part.empty()) continue;
    double sum = static_cast<double>(part[0]) * 0.1;
    for (std::size_t i = 1; i < part.size(); ++i) sum = sum * 0.9 + static_cast<double>(part[i]) * 0.1;
    all = all * 0.9 + sum;
  }
  return all;
}

template <class T>
std::vector<T> begin_of(std::vector<T> all, std::size_t n) {
  all.resize(std::min(n, all.size()));
  return all;
}

void check_histogram(pel::Histogram const& found, pel::Histogram const& expected) {
  CHECK(found.edges == expected.edges);
  CHECK(found.counts == expected.counts);
  CHECK(found.outside == expected.outside);
}

void check_numbers(Job& job, Numbers const& parts) {
  auto const all = all_of(parts);
  auto const data = given(job, parts);
  for (std::size_t const k : {0, 1, 17, 5000}) {
    CHECK(data.first(k) == begin_of(all, k));
    CHECK(data.rebalance().first(k) == begin_of(all, k));
    CHECK(data.top_k(k, by_tens) == plain_top(all, k, by_tens));
  }
  auto const tenth = [](std::int64_t x) { return static_cast<double>(x) * 0.1; };
  CHECK(data.map(tenth).all_reduce(0.3, [](double a, double b) { return a * 0.9 + b; }) == plain_fold(parts));
  std::vector<double> const which{0.5, 0, 1, 0.25, 0.999, 0.5};
  CHECK(data.quantiles(pel::itself, which) == plain_quantiles(all, which));
  std::vector<double> numbers;
  for (auto const x : all) numbers.push_back(tenth(x));
  CHECK(data.map(tenth).quantiles(pel::itself, which) == plain_quantiles(numbers, which));
  check_histogram(data.histogram(tenth, {-3, -0.5, 0, 0, 4.2}), plain_histogram(numbers, {-3, -0.5, 0, 0, 4.2}));
  auto const cut = data.histogram(tenth, 13);
  CHECK(cut.counts.size() == 13);
  check_histogram(cut, plain_histogram(numbers, cut.edges));
  CHECK(cut.outside == 0);
}

void check_texts(Job& job, Texts const& parts) {
  auto const all = all_of(parts);
  auto const data = given(job, parts);
  CHECK(data.collect() == all);
  CHECK(data.top_k(9, by_size) == plain_top(all, 9, by_size));
  CHECK(data.zip_with_index().first(3).size() == std::min<std::size_t>(3, all.size()));
  auto const copy = data.broadcast();
  CHECK(std::vector<std::string>(copy.begin(), copy.end()) == all);
  CHECK(copy.size() == all.size());
  std::mutex mutex;
  std::map<std::size_t, std::vector<std::string>> seen;
  data.foreach_partition([&](pel::Partition part, auto const& show) {
    std::lock_guard const lock(mutex);
    auto& mine = seen[part.index()];
    show([&](auto block) { mine.insert(mine.end(), block.begin(), block.end()); });
  });
  CHECK(!seen.empty());
  for (auto const& [p, texts] : seen) CHECK(texts == parts[p]);
}

}  // namespace

TEST_CASE("verbs that ask give what plain programs give, however elements lie") {
  for (auto const& shape : dataset_shapes())
    (void)run_datasets(shape.options(), [&](Job& job) {
      for (auto const& layout : odd_layouts(shape.partitions)) {
        CAPTURE(shape.partitions);
        check_numbers(job, layout);
        check_texts(job, as_texts(layout));
      }
    });
}

TEST_CASE("any numbers: quantiles, the greatest and the first") {
  seed_properties(std::getenv("PEL_TEST_SMALL") == nullptr ? 40 : 5);
  (void)run_datasets(Shape{7, 2}.options(), [&](Job& job) {
    CHECK(rc::check("numbers", [&] {
      auto const parts = *rc::gen::container<Parts<double>>(7, rc::gen::arbitrary<std::vector<double>>());
      auto const all = all_of(parts);
      auto const k = *rc::gen::inRange<std::size_t>(0, 20);
      std::vector<double> const which{0, 0.1, 0.5, 0.51, 1};
      auto const data = given(job, parts);
      RC_ASSERT(data.quantiles(pel::itself, which) == plain_quantiles(all, which));
      RC_ASSERT(data.top_k(k) == plain_top(all, k, std::less<>()));
      RC_ASSERT(data.first(k) == begin_of(all, k));
    }));
  });
}

TEST_CASE("quantiles of the ends of whole numbers, of floats, and of no more than one") {
  (void)run_datasets(Shape{7, 1}.options(), [&](Job& job) {
    using Whole = std::numeric_limits<std::int64_t>;
    Numbers ends(7);
    ends[1] = {Whole::max(), 0, Whole::min()};
    ends[4] = {-1, Whole::max()};
    std::vector<double> const which{0, 0.3, 0.5, 1};
    CHECK(given(job, ends).quantiles(pel::itself, which) == plain_quantiles(all_of(ends), which));
    Parts<float> floats(7);
    floats[2] = {1.5F, -0.25F, std::numeric_limits<float>::infinity()};
    CHECK(given(job, floats).quantiles(pel::itself, which) == plain_quantiles(all_of(floats), which));
    CHECK_THROWS_AS((void)given(job, floats).quantiles(pel::itself, {1.01}), pel::Misuse);
    Parts<double> odd(7);
    odd[3] = {std::nan(""), 1e308, -1e308, std::numeric_limits<double>::infinity()};
    auto const cut = given(job, odd).histogram(pel::itself, 2);
    CHECK(cut.counts == std::vector<std::uint64_t>{1, 1});
    CHECK(cut.outside == 2);
    CHECK_THROWS_AS((void)given(job, odd).histogram(pel::itself, 0), pel::Misuse);
    CHECK_THROWS_AS((void)given(job, odd).histogram(pel::itself, {2, 1}), pel::Misuse);
  });
}

TEST_CASE("collect refuses more than it may bring, on all ranks, and says how much it is") {
  auto const make = [](Job& job) { return pel::generate<std::uint64_t>(job, 1000, pel::itself); };
  (void)run_datasets(Shape{7, 2}.options(), [&](Job& job) { CHECK(make(job).collect(8000).size() == 1000); });
  CHECK_THROWS_WITH_AS((void)run_datasets(Shape{7, 2}.options(), [&](Job& job) { (void)make(job).collect(7999); }),
                       doctest::Contains("collect: the elements have 8000 bytes"), pel::Misuse);
}

TEST_CASE("a value comes from the rank of partition 0, whatever others have") {
  (void)run_datasets(Shape{7, 1}.options(), [&](Job& job) {
    CHECK(*pel::broadcast(job, rank() * 10 + 3) == 3);
    CHECK(*pel::broadcast(job, std::vector<std::string>(static_cast<std::size_t>(rank() + 1), "x")) ==
          std::vector<std::string>{"x"});
  });
}
