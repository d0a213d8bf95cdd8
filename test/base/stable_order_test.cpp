#include "base/stable_order.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.hpp"

using pel::base::DenseFold;
using pel::base::fold_equal;
using pel::base::mix64;
using pel::base::stable_order;
using pel::base::to_ordered;

namespace {

// Neither commutative nor associative: any other order or nesting is another text.
struct Nest {
  std::string operator()(std::string a, std::string b) const { return "(" + std::move(a) + std::move(b) + ")"; }
};

template <class Key>
using Entries = std::vector<std::pair<Key, std::string>>;

// n entries whose keys are `key(i)`, each with its own text.
template <class Key, class Choose>
Entries<Key> entries_of(std::size_t n, Choose const& key) {
  Entries<Key> entries;
  for (std::size_t i = 0; i < n; ++i) entries.emplace_back(static_cast<Key>(key(i)), std::to_string(i) + ".");
  return entries;
}

template <class Key>
Entries<Key> sorted_plainly(Entries<Key> entries) {
  std::stable_sort(entries.begin(), entries.end(), [](auto const& a, auto const& b) { return a.first < b.first; });
  return entries;
}

// Each key's values nested from the left in the order in which they stand.
template <class Key>
Entries<Key> folded_plainly(Entries<Key> const& entries) {
  std::map<Key, std::string> folded;
  for (auto const& [key, value] : entries) {
    auto const [at, is_new] = folded.emplace(key, value);
    if (!is_new) at->second = Nest{}(at->second, value);
  }
  return {folded.begin(), folded.end()};
}

template <class Key>
void check_order(Entries<Key> entries) {
  auto const expected = sorted_plainly(entries);
  auto const expected_fold = folded_plainly(entries);
  Entries<Key> scratch;

  stable_order(entries, scratch);
  CHECK(entries == expected);
  fold_equal(entries, Nest{});
  CHECK(entries == expected_fold);
}

template <class Key>
void check_dense(Entries<Key> const& entries) {
  auto const expected = folded_plainly(entries);
  DenseFold<Key, std::string> fold;
  for (int round = 0; round < 2; ++round) {  // the table is used again
    auto least = std::numeric_limits<std::uint64_t>::max(), greatest = std::uint64_t{0};
    for (auto const& [key, value] : entries) {
      least = std::min(least, to_ordered(key));
      greatest = std::max(greatest, to_ordered(key));
    }
    fold.open(least, greatest);
    for (auto const& [key, value] : entries) fold.add(key, value, Nest{});
    Entries<Key> drained;
    fold.drain([&](Key key, std::string&& value) { drained.emplace_back(key, std::move(value)); });
    CHECK(drained == expected);
  }
}

constexpr std::size_t sizes[] = {0, 1, 2, 255, 256, 257, 3000};

}  // namespace

TEST_CASE("integers keep their order as unsigned numbers") {
  CHECK(to_ordered(std::numeric_limits<std::int64_t>::min()) == 0);
  CHECK(to_ordered(std::int32_t{-1}) + 1 == to_ordered(std::int32_t{0}));
  CHECK(to_ordered(std::int8_t{-128}) < to_ordered(std::int8_t{127}));
  CHECK(to_ordered(std::numeric_limits<std::int64_t>::max()) == std::numeric_limits<std::uint64_t>::max());
  CHECK(to_ordered(std::uint64_t{7}) == 7);
}

TEST_CASE("entries with dense keys are ordered and folded as the standard's stable sort does") {
  for (auto const n : sizes) {
    CAPTURE(n);
    check_order(
        entries_of<std::int64_t>(n, [](std::size_t i) { return static_cast<std::int64_t>(mix64(i) % 97) - 48; }));
    check_order(entries_of<std::uint8_t>(n, [](std::size_t i) { return mix64(i); }));
    check_order(entries_of<std::int16_t>(n, [](std::size_t i) { return mix64(i); }));
    check_order(entries_of<std::uint32_t>(n, [](std::size_t i) { return 4'000'000'000U + mix64(i) % 300; }));
  }
}

TEST_CASE("entries with keys over all 63 and 64 bits are ordered and folded as the standard's stable sort does") {
  for (auto const n : sizes) {
    CAPTURE(n);
    // Few distinct keys far apart, so that there are runs to fold.
    check_order(entries_of<std::uint64_t>(n, [](std::size_t i) { return mix64(mix64(i) % 200) >> 1U; }));
    check_order(entries_of<std::int64_t>(n, [](std::size_t i) { return mix64(mix64(i) % 200); }));
    check_order(entries_of<std::uint64_t>(n, [](std::size_t i) { return mix64(i); }));
  }
}

TEST_CASE("the least and the greatest keys of a type lie at the ends") {
  auto const ends = [](std::size_t i) {
    constexpr std::int64_t keys[] = {0, std::numeric_limits<std::int64_t>::max(),
                                     std::numeric_limits<std::int64_t>::min(), -1};
    return keys[mix64(i) % 4];
  };

  check_order(entries_of<std::int64_t>(1000, ends));
  check_order(entries_of<std::uint64_t>(1000, ends));
  check_order(entries_of<bool>(1000, [](std::size_t i) { return mix64(i) % 2 == 0; }));
}

TEST_CASE("entries that are in order already, reversed, or all of one key come out right") {
  check_order(entries_of<std::int32_t>(1000, [](std::size_t i) { return i / 3; }));
  check_order(entries_of<std::int32_t>(1000, [](std::size_t i) { return -static_cast<int>(i / 3); }));
  check_order(entries_of<std::int32_t>(1000, [](std::size_t) { return 5; }));
}

TEST_CASE("keys that are no integers are ordered and folded the same way") {
  for (auto const n : sizes) {
    Entries<std::string> entries;
    for (std::size_t i = 0; i < n; ++i) entries.emplace_back("key " + std::to_string(mix64(i) % 50), std::to_string(i));
    CAPTURE(n);
    check_order(entries);
  }
}

TEST_CASE("a dense table folds as sorting and folding does") {
  for (std::size_t const n : {1UL, 2UL, 255UL, 256UL, 3000UL}) {
    CAPTURE(n);
    check_dense(
        entries_of<std::int64_t>(n, [](std::size_t i) { return static_cast<std::int64_t>(mix64(i) % 97) - 48; }));
    check_dense(entries_of<std::uint32_t>(n, [](std::size_t i) { return 4'000'000'000U + mix64(i) % 300; }));
    check_dense(entries_of<std::int8_t>(n, [](std::size_t i) { return mix64(i); }));
    check_dense(
        entries_of<std::uint64_t>(n, [](std::size_t i) { return (std::uint64_t{1} << 63U) - 40 + mix64(i) % 80; }));
  }
}

TEST_CASE("a dense table serves a smaller, a larger and another range of keys in turn") {
  DenseFold<std::int64_t, double> fold;
  std::vector<std::pair<std::int64_t, double>> drained;
  auto const drain = [&] {
    drained.clear();
    fold.drain([&](std::int64_t key, double value) { drained.emplace_back(key, value); });
  };

  for (auto const& [least, count] : {std::pair(100, 50), std::pair(-3, 3), std::pair(-1000, 2000)}) {
    fold.open(to_ordered(std::int64_t{least}), to_ordered(std::int64_t{least + count - 1}));
    for (int i = count - 1; i >= 0; i -= 2) fold.add(least + i, 1.5 * i, std::plus<>{});
    drain();
    CHECK(drained.size() == static_cast<std::size_t>((count + 1) / 2));
    for (auto const& [key, value] : drained) CHECK(value == 1.5 * static_cast<double>(key - least));
  }
}

TEST_CASE("sums of doubles have the bits of a fold from the left") {
  std::vector<std::pair<std::int64_t, double>> entries, scratch;
  for (std::uint64_t i = 0; i < 5000; ++i)
    entries.emplace_back(static_cast<std::int64_t>(mix64(i) % 7), static_cast<double>(mix64(i + 1)) * 1e-3 - 1e15);
  std::map<std::int64_t, double> expected;
  std::map<std::int64_t, double> backward;  // shows that the values are sensitive to order
  for (auto const& [key, value] : entries) expected[key] += value;
  for (auto at = entries.rbegin(); at != entries.rend(); ++at) backward[at->first] += at->second;

  stable_order(entries, scratch);
  fold_equal(entries, std::plus<>{});

  CHECK(entries == std::vector<std::pair<std::int64_t, double>>(expected.begin(), expected.end()));
  CHECK(expected != backward);
}

TEST_CASE("keys are dense where there are not many more places than entries") {
  using Fold = DenseFold<std::int64_t, double>;

  CHECK(Fold::fits(5, 5, 1));
  CHECK(Fold::fits(0, 1024 + 3, 1));
  CHECK_FALSE(Fold::fits(0, 1024 + 4, 1));
  CHECK_FALSE(Fold::fits(0, std::numeric_limits<std::uint64_t>::max(), 1'000'000));
}
