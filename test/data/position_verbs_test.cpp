// union_with, zip, zip_with_index, prefix_sum, window, rebalance and sample, beside plain programs.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parts.hpp"
#include "pel/error.hpp"
#include "pel/iterate.hpp"
#include "run_datasets.hpp"
#include "support/properties.hpp"

using namespace pel::test;
using pel::Dataset;
using pel::Entry;
using pel::Job;
using Numbers = Parts<std::int64_t>;
using Texts = Parts<std::string>;

namespace {

template <class T>
Parts<T> plain_union(Parts<T> left, Parts<T> const& right) {
  for (std::size_t p = 0; p < left.size(); ++p) left[p].insert(left[p].end(), right[p].begin(), right[p].end());
  return left;
}

template <class T>
Parts<Entry<std::uint64_t, T>> plain_index(Parts<T> const& parts) {
  Parts<Entry<std::uint64_t, T>> made(parts.size());
  std::uint64_t n = 0;
  for (std::size_t p = 0; p < parts.size(); ++p)
    for (auto const& element : parts[p]) made[p].push_back({n++, element});
  return made;
}

// Of doubles that do not add up exactly: partition by partition, as it is said.
Parts<double> plain_sums(Numbers const& parts, bool exclusive) {
  auto const value = [](std::int64_t x) { return static_cast<double>(x) * 0.1; };
  Parts<double> made(parts.size());
  double before = 0.3;
  bool any = exclusive;
  for (std::size_t p = 0; p < parts.size(); ++p) {
    double sum = before, total = 0;
    bool some = any;
    for (std::size_t i = 0; i < parts[p].size(); ++i) {
      auto const x = value(parts[p][i]);
      if (exclusive) made[p].push_back(sum);
      sum = some ? sum + x : x;
      some = true;
      if (!exclusive) made[p].push_back(sum);
      total = i == 0 ? x : total + x;
    }
    if (parts[p].empty()) continue;
    before = any ? before + total : total;
    any = true;
  }
  return made;
}

template <class T, class F>
auto plain_windows(Parts<T> const& parts, std::size_t width, F const& f) {
  auto const all = all_of(parts);
  Parts<std::invoke_result_t<F const&, std::vector<T>>> made(parts.size());
  std::size_t at = 0;
  for (std::size_t p = 0; p < parts.size(); ++p)
    for (std::size_t i = 0; i < parts[p].size(); ++i, ++at)
      if (at + width <= all.size())
        made[p].push_back(f(std::vector<T>(all.begin() + static_cast<std::ptrdiff_t>(at),
                                           all.begin() + static_cast<std::ptrdiff_t>(at + width))));
  return made;
}

constexpr auto weighed = [](auto const& window) {
  std::int64_t sum = 0, weight = 1;
  for (auto const x : window) sum += x * weight++;
  return sum;
};
constexpr auto heads = [](auto const& window) {
  std::string told;
  for (auto const& text : window) told += std::string(text.substr(0, 3)) + ",";
  return told;
};

void check_numbers(Job& job, Numbers const& parts, Numbers const& others) {
  auto const all = given(job, parts);
  CHECK(parts_of(all.union_with(given(job, others))) == plain_union(parts, others));
  CHECK(parts_of(all.union_with(all)) == plain_union(parts, parts));
  CHECK(parts_of(given(job, parts).zip_with_index()) == plain_index(parts));
  auto const tenth = all.map([](std::int64_t x) { return static_cast<double>(x) * 0.1; });
  CHECK(parts_of(tenth.prefix_sum()) == plain_sums(parts, false));
  CHECK(parts_of(tenth.exclusive_prefix_sum(0.3)) == plain_sums(parts, true));
  for (std::size_t const width : {1, 2, 5, 100})
    CHECK(parts_of(all.window(width, weighed)) == plain_windows(parts, width, weighed));
  CHECK(parts_of(all.rebalance()) == in_equal_parts(all_of(parts), parts.size()));
}

// Sources of which each is asked in its own way: what passes through once, what is sent for by another dataset as well,
// what is kept.
void check_sources(Job& job, Texts const& parts) {
  auto const equal = in_equal_parts(all_of(parts), parts.size());
  auto const whole = [](std::string_view text) { return text; };
  CHECK(parts_of(given(job, parts).zip_with_index()) == plain_index(parts));
  CHECK(parts_of(given(job, parts).rebalance().zip_with_index()) == plain_index(equal));
  CHECK(parts_of(given(job, parts).rebalance().map(whole).zip_with_index()) == plain_index(equal));
  CHECK(parts_of(given(job, parts).rebalance().rebalance()) == equal);
  CHECK(parts_of(given(job, parts).rebalance().window(3, heads)) == plain_windows(equal, 3, heads));
  auto const kept = given(job, parts).rebalance();
  CHECK(parts_of(kept.union_with(given(job, parts).rebalance())) == plain_union(equal, equal));
  CHECK(parts_of(given(job, parts).rebalance().union_with(kept.map(whole).rebalance())) == plain_union(equal, equal));
  CHECK(parts_of(kept.window(3, heads).rebalance()) ==
        in_equal_parts(all_of(plain_windows(equal, 3, heads)), parts.size()));
  auto const numbered = kept.zip_with_index();
  auto const both = numbered.zip(kept.map(whole), [](auto const& entry, std::string_view text) {
    return Entry<std::uint64_t, std::string>{entry.key + text.size(), std::string(entry.value)};
  });
  auto expected = plain_index(equal);
  for (auto& part : expected)
    for (auto& entry : part) entry.key += entry.value.size();
  CHECK(parts_of(both) == expected);
  CHECK(parts_of(Dataset(both)) == expected);
}

}  // namespace

TEST_CASE("verbs that go by position give what plain programs give, however elements lie") {
  for (auto const& shape : dataset_shapes())
    (void)run_datasets(shape.options(), [&](Job& job) {
      auto const layouts = odd_layouts(shape.partitions);
      for (std::size_t i = 0; i < layouts.size(); ++i) {
        CAPTURE(i);
        CAPTURE(shape.partitions);
        check_numbers(job, layouts[i], layouts[(i + 3) % layouts.size()]);
        check_sources(job, as_texts(layouts[i]));
      }
    });
}

TEST_CASE("any layout") {
  seed_properties(std::getenv("PEL_TEST_SMALL") == nullptr ? 25 : 5);
  for (auto const& shape : {Shape{7, 1}, Shape{7, 2}})
    (void)run_datasets(shape.options(), [&](Job& job) {
      CHECK(rc::check("positions", [&] {
        auto const numbers = [&] {
          return *rc::gen::container<Numbers>(7, rc::gen::scale(0.3, rc::gen::arbitrary<std::vector<std::int64_t>>()));
        };
        auto parts = numbers();
        for (auto& part : parts)
          for (auto& x : part) x %= 1000;  // sums stay in range
        auto const width = *rc::gen::inRange<std::size_t>(1, 12);
        RC_ASSERT(parts_of(given(job, parts).window(width, weighed)) == plain_windows(parts, width, weighed));
        RC_ASSERT(parts_of(given(job, parts).rebalance()) == in_equal_parts(all_of(parts), 7));
        RC_ASSERT(parts_of(given(job, parts).zip_with_index()) == plain_index(parts));
        auto const tenth = given(job, parts).map([](std::int64_t x) { return static_cast<double>(x) * 0.1; });
        RC_ASSERT(parts_of(tenth.prefix_sum()) == plain_sums(parts, false));
      }));
    });
}

TEST_CASE("elements that lie in equal parts are not moved, and known sizes are not counted") {
  for (auto const& [n, partitions] : {std::pair{1000U, 7U}, {3U, 7U}, {0U, 64U}}) {
    auto const done = run_datasets(Shape{partitions, 1}.options(), [&, n = n](Job& job) {
      auto const same = [](std::uint64_t i) { return i; };
      auto const numbered = pel::generate<std::uint64_t>(job, n, same).rebalance().zip_with_index();
      numbered.write_lines(job.output(), [](auto const& entry, auto& out) { out << entry.key << entry.value; });
    });
    std::string expected;
    for (std::uint64_t i = 0; i < n; ++i) expected += std::to_string(i) + std::to_string(i);
    CHECK(done.text == expected);
    CHECK(done.summary.find("\"supersteps\": 2,") != std::string::npos);  // make the text, write it
  }
}

TEST_CASE("zip of datasets that do not fit says where, on all ranks") {
  auto const layouts = odd_layouts(7);
  CHECK_THROWS_WITH_AS(
      (void)run_datasets(Shape{7, 2}.options(),
                         [&](Job& job) {
                           auto const zipped =
                               given(job, layouts[1]).zip(given(job, layouts[2]), [](auto a, auto b) { return a + b; });
                           (void)zipped.size();
                         }),
      doctest::Contains("partition 3 of 7 has 0 elements on the left and 3000 on the right"), pel::Misuse);
}

TEST_CASE("a sample is the same wherever partitions lie, another in each round and of each verb") {
  auto const parts = odd_layouts(7)[5];
  auto const all = all_of(plain_index(parts));
  std::set<std::vector<std::uint64_t>> firsts;
  for (auto const& shape : {Shape{7, 1}, Shape{7, 2}}) {
    std::vector<std::vector<std::uint64_t>> samples;
    auto const keep = [&](auto const& sample) {
      std::vector<std::uint64_t> keys;
      for (auto const& entry : sample.collect()) {
        CHECK(all[entry.key] == entry);
        keys.push_back(entry.key);
      }
      CHECK(std::is_sorted(keys.begin(), keys.end()));
      samples.push_back(keys);
    };
    auto const body = [&](Job& job) {
      auto const numbered = given(job, parts).zip_with_index();
      auto const sample = numbered.sample(0.3);
      keep(sample);
      keep(sample);
      keep(numbered.sample(0.3));
      for (std::uint64_t const n : {0, 1, 50, 1'000'000}) {
        keep(numbered.sample_exactly(n));
        CHECK(samples.back().size() == std::min<std::uint64_t>(n, all.size()));
      }
      (void)pel::iterate(job, "rounds", 0, 2, [&](int round) {
        keep(numbered.sample_exactly(20));
        return round + 1;
      });
      CHECK(numbered.sample(0).size() == 0);
      CHECK(numbered.sample(1).size() == all.size());
      CHECK_THROWS_AS((void)numbered.sample(1.5), pel::Misuse);
    };
    (void)run_datasets(shape.options(), body);
    CHECK(samples[0] == samples[1]);
    CHECK(samples[0] != samples[2]);
    CHECK(samples[7] != samples[8]);
    auto const wanted = 0.3 * static_cast<double>(all.size());
    for (auto const i : {0, 2})
      CHECK(std::abs(static_cast<double>(samples[static_cast<std::size_t>(i)].size()) - wanted) < wanted / 2);
    for (auto const& sample : samples) firsts.insert(sample);
  }
  CHECK(firsts.size() == 8);  // the second shape has added none: 9 samples, one twice; of all elements once
}
