// Joins with a key that most left elements have, beside a plain program.
#include "data/hot_matches.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "parts.hpp"
#include "pel/dataset.hpp"
#include "run_datasets.hpp"
#include "support/properties.hpp"

using namespace pel::test;
using pel::Job;

namespace {

struct Row {
  std::uint64_t key = 0, number = 0;
};
struct RowPair {
  std::uint64_t key = 0, left = 0, right = 0;
  friend bool operator==(RowPair const&, RowPair const&) = default;
};
constexpr auto key_of = [](Row const& row) { return row.key; };
constexpr auto pair_of_rows = [](Row const& left, Row const& right) {
  return RowPair{left.key, left.number, right.number};
};

struct Sizes {
  std::uint64_t lefts = 0, hot = 0;       // of 100 lefts, so many have key 0
  std::uint64_t rights = 0, matches = 0;  // the first of the rights have key 0
};

Parts<Row> rows(std::uint64_t n, std::uint32_t partitions, std::uint64_t (*key)(std::uint64_t, Sizes const&),
                Sizes const& sizes) {
  std::vector<Row> all;
  for (std::uint64_t i = 0; i < n; ++i) all.push_back({key(i, sizes), i});
  return in_equal_parts(all, partitions);
}
std::uint64_t left_key(std::uint64_t i, Sizes const& sizes) {
  return pel::base::mix64(i) % 100 < sizes.hot ? 0 : 1 + pel::base::mix64(i + 7) % 3000;
}
std::uint64_t right_key(std::uint64_t i, Sizes const& sizes) { return i < sizes.matches ? 0 : 1 + i % 4000; }

// Where the left rows of key 0 stay, if that is hot, and where the others meet what matches them.
Parts<RowPair> plain_join(Parts<Row> const& lefts, Parts<Row> const& rights, bool is_hot) {
  std::map<std::uint64_t, std::vector<std::uint64_t>> by_key;
  for (auto const& row : all_of(rights)) by_key[row.key].push_back(row.number);
  auto const partitions = static_cast<std::uint32_t>(lefts.size());
  Parts<RowPair> made(partitions);
  for (std::size_t p = 0; p < lefts.size(); ++p)
    for (auto const& row : lefts[p]) {
      auto const by_hash = pel::base::scale_down(pel::data::key_hash<std::uint64_t>(row.key), partitions);
      auto& to = made[is_hot && row.key == 0 ? p : by_hash];
      for (auto const number : by_key[row.key]) to.push_back({row.key, row.number, number});
    }
  return made;
}

Parts<RowPair> joined(Shape const& shape, Words const& more, Parts<Row> const& lefts, Parts<Row> const& rights) {
  Parts<RowPair> found;
  (void)run_datasets(with(shape.options(), more), [&](Job& job) {
    found = parts_of(given(job, lefts).inner_join(given(job, rights), key_of, key_of, pair_of_rows));
  });
  return found;
}

void check(Sizes const& sizes, bool is_hot) {
  for (auto const& shape : dataset_shapes()) {
    CAPTURE(shape.partitions);
    auto const lefts = rows(sizes.lefts, shape.partitions, left_key, sizes);
    auto const rights = rows(sizes.rights, shape.partitions, right_key, sizes);
    CHECK(joined(shape, {}, lefts, rights) == plain_join(lefts, rights, is_hot));
  }
}

}  // namespace

TEST_CASE("left elements of a hot key stay where they are, and find all that matches them") {
  check({.lefts = 8000, .hot = 90, .rights = 5000, .matches = 3}, true);
  check({.lefts = 8000, .hot = 100, .rights = 20, .matches = 20}, true);
  check({.lefts = 8000, .hot = 50, .rights = 4000, .matches = 0}, true);
}

TEST_CASE("a key that few have is not hot") {
  check({.lefts = 900, .hot = 100, .rights = 100, .matches = 2}, false);
  check({.lefts = 8000, .hot = 0, .rights = 5000, .matches = 5}, false);
}

TEST_CASE("with a small budget the same pairs, in the same places") {
  Sizes const sizes{.lefts = 30'000, .hot = 70, .rights = 6000, .matches = 2};
  auto const lefts = rows(sizes.lefts, 7, left_key, sizes), rights = rows(sizes.rights, 7, right_key, sizes);
  auto const expected = plain_join(lefts, rights, true);
  for (int const threads : {1, 2}) CHECK(joined({7, threads}, {"--memory", "128K"}, lefts, rights) == expected);
}

TEST_CASE("where all that matches a hot key is too much for every rank, nothing is hot") {
  // 20 MiB of texts of key 1, which 1200 on the left have: semi_join takes them by their keys alone, a join does not.
  std::vector<std::string> texts(5, std::string(std::size_t{4} << 20U, 'x'));
  auto const shape = dataset_shapes()[1];
  auto const lefts = in_equal_parts(std::vector<Row>(1200, Row{1, 5}), shape.partitions);
  Parts<std::uint64_t> sizes;
  (void)run_datasets(shape.options(), [&](Job& job) {
    auto const right = given(job, in_equal_parts(texts, shape.partitions));
    sizes = parts_of(given(job, lefts)
                         .join<std::uint64_t>(
                             right, key_of, [](std::string_view) { return std::uint64_t{1}; },
                             [](Row const&, auto const& group, auto emit) { emit(group.size()); }));
  });
  auto const home = pel::base::scale_down(pel::data::key_hash<std::uint64_t>(1), shape.partitions);
  for (std::size_t p = 0; p < sizes.size(); ++p) CHECK(sizes[p] == std::vector<std::uint64_t>(p == home ? 1200 : 0, 5));
}

TEST_CASE("any share of one key, and any matches") {
  seed_properties(std::getenv("PEL_TEST_SMALL") == nullptr ? 20 : 4);
  CHECK(rc::check("shares", [&] {
    auto const shape = *rc::gen::elementOf(dataset_shapes());
    Sizes const sizes{.lefts = *rc::gen::inRange<std::uint64_t>(0, 6000),
                      .hot = *rc::gen::inRange<std::uint64_t>(0, 101),
                      .rights = *rc::gen::inRange<std::uint64_t>(0, 3000),
                      .matches = *rc::gen::inRange<std::uint64_t>(0, 6)};
    auto const lefts = rows(sizes.lefts, shape.partitions, left_key, sizes);
    auto const rights = rows(sizes.rights, shape.partitions, right_key, sizes);
    auto const found = joined(shape, {}, lefts, rights);
    // Between five eighths of a part and a part a key may be hot.
    auto const hot = plain_join(lefts, rights, true), plain = plain_join(lefts, rights, false);
    RC_ASSERT(found == hot || found == plain);
  }));
}
