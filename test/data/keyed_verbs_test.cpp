// distinct, count_by_key, aggregate_by_key, reduce_to_index, repartition_by, the joins and cogroup, beside plain
// programs.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parts.hpp"
#include "pel/error.hpp"
#include "run_datasets.hpp"
#include "support/properties.hpp"

using namespace pel::test;
using pel::Dataset;
using pel::Entry;
using pel::Job;
using Numbers = Parts<std::int64_t>;
using Texts = Parts<std::string>;

namespace {

// What texts are joined by: a text made on the way, a view of the element, a number.
constexpr auto head = [](std::string_view text) { return std::string(text.substr(0, 2)); };
constexpr auto view_of_head = [](std::string_view text) { return text.substr(0, 2); };
constexpr auto size = [](auto const& text) { return text.size(); };

template <class K>
std::uint32_t place_of(K const& key, std::size_t partitions) {
  return pel::base::scale_down(pel::data::key_hash<pel::data::ViewOf<K>>(key), static_cast<std::uint32_t>(partitions));
}

template <class K, class T, class Key>
Parts<T> plain_repartition(Parts<T> const& parts, Key const& key) {
  Parts<T> made(parts.size());
  for (auto const& part : parts)
    for (auto const& element : part) made[place_of<K>(key(element), parts.size())].push_back(element);
  return made;
}

// A mean whose bits depend on the order.
struct Mean {
  double sum = 0.25;
  std::int64_t n = 0;
  friend bool operator==(Mean const&, Mean const&) = default;
};
constexpr auto add_to_mean = [](Mean& mean, auto const& element) {
  mean.sum = mean.sum * 0.7 + static_cast<double>(element.size());
  ++mean.n;
};
constexpr auto merge_means = [](Mean& mean, Mean const& other) {
  mean.sum = mean.sum * 0.3 + other.sum;
  mean.n += other.n;
};

Parts<Entry<std::string, Mean>> plain_means(Texts const& parts) {
  Parts<Entry<std::string, Mean>> made(parts.size());
  auto const find = [](auto& entries, std::string const& key) {
    return std::find_if(entries.begin(), entries.end(), [&](auto const& entry) { return entry.key == key; });
  };
  for (auto const& part : parts) {
    std::vector<Entry<std::string, Mean>> here;
    for (auto const& text : part) {
      auto at = find(here, head(text));
      if (at == here.end()) at = here.insert(at, {head(text), Mean{}});
      add_to_mean(at->value, text);
    }
    for (auto const& entry : here) {
      auto& there = made[place_of<std::string>(entry.key, parts.size())];
      if (auto const at = find(there, entry.key); at != there.end())
        merge_means(at->value, entry.value);
      else
        there.push_back(entry);
    }
  }
  return made;
}

Parts<double> plain_indexed(Numbers const& parts, std::uint64_t n) {
  std::vector<std::optional<double>> all(n);
  for (auto const& part : parts) {
    std::map<std::size_t, double> here;
    for (auto const x : part) {
      auto const [at, is_new] = here.emplace(static_cast<std::size_t>(x + 101), static_cast<double>(x));
      if (!is_new) at->second = at->second * 0.7 + static_cast<double>(x);
    }
    for (auto const& [index, value] : here) all[index] = all[index] ? *all[index] * 0.7 + value : value;
  }
  std::vector<double> dense;
  for (auto const& value : all) dense.push_back(value.value_or(-1));
  return in_equal_parts(dense, parts.size());
}

template <class K, class T, class Key>
Parts<T> plain_distinct(Parts<T> const& parts, Key const& key) {
  auto made = plain_repartition<K>(parts, key);
  for (auto& part : made) {
    std::set<K> seen;
    std::erase_if(part, [&](T const& element) { return !seen.insert(key(element)).second; });
  }
  return made;
}

void check_keyed(Job& job, Numbers const& numbers, Texts const& texts) {
  auto const all = given(job, texts);
  Parts<Entry<std::string, std::int64_t>> counts;
  for (auto const& part : plain_means(texts)) {
    auto& entries = counts.emplace_back();
    for (auto const& entry : part) entries.push_back({entry.key, entry.value.n});
  }
  CHECK(parts_of(all.count_by_key(head)) == counts);
  CHECK(parts_of(all.aggregate_by_key(head, Mean{}, add_to_mean, merge_means)) == plain_means(texts));
  CHECK(parts_of(all.repartition_by(head)) == plain_repartition<std::string>(texts, head));
  CHECK(parts_of(all.repartition_by(size)) == plain_repartition<std::size_t>(texts, size));
  auto const tens = [](std::int64_t x) { return x / 10; };
  CHECK(parts_of(all.distinct(head)) == plain_distinct<std::string>(texts, head));
  CHECK(parts_of(given(job, numbers).distinct(tens)) == plain_distinct<std::int64_t>(numbers, tens));
  pel::data::Reducer const fold{[](std::int64_t x) { return static_cast<double>(x); },
                                [](double a, double b) { return a * 0.7 + b; }};
  auto const index = [](std::int64_t x) { return x + 101; };
  CHECK(parts_of(given(job, numbers).reduce_to_index(201, index, fold, -1)) == plain_indexed(numbers, 201));
}

// The pairs of a join by head, as texts; of `full`, also what has no counterpart on the left.
std::string pair_of(std::string_view left, std::string_view right) {
  return std::string(left.substr(0, 9)) + "|" + std::string(right.substr(0, 9));
}
constexpr auto tell_pointers = [](auto const* left, auto const* right) {
  return pair_of(left == nullptr ? "none" : *left, right == nullptr ? "none" : *right);
};

struct PlainJoins {
  Texts inner, left, semi, anti;
};

// Left elements in the parts that their keys pick, there in their order, as joins say; or where they are.
PlainJoins plain_joins(Texts const& lefts, Texts const& rights, bool where_they_are) {
  auto const n = lefts.size();
  PlainJoins made{Texts(n), Texts(n), Texts(n), Texts(n)};
  std::map<std::string, std::vector<std::string>> by_key;
  for (auto const& right : all_of(rights)) by_key[head(right)].push_back(right);
  for (std::size_t p = 0; p < n; ++p)
    for (auto const& left : lefts[p]) {
      auto const to = where_they_are ? p : place_of<std::string>(head(left), n);
      auto const found = by_key.find(head(left));
      if (found == by_key.end()) {
        made.left[to].push_back(pair_of(left, "none"));
        made.anti[to].push_back(left);
        continue;
      }
      made.semi[to].push_back(left);
      for (auto const& right : found->second) {
        made.inner[to].push_back(pair_of(left, right));
        made.left[to].push_back(pair_of(left, right));
      }
    }
  return made;
}

struct PlainGroups {
  Texts cogroups, full;
};

PlainGroups plain_groups(Texts const& lefts, Texts const& rights) {
  auto const n = lefts.size();
  struct Sides {
    std::vector<std::string> left, right;
  };
  std::vector<std::string> order;
  std::map<std::string, Sides> sides;
  auto const add = [&](std::vector<std::string> const& part, auto side) {
    for (auto const& text : part) {
      if (sides.count(head(text)) == 0) order.push_back(head(text));
      (sides[head(text)].*side).push_back(text);
    }
  };
  for (std::size_t p = 0; p < n; ++p) {
    add(lefts[p], &Sides::left);
    add(rights[p], &Sides::right);
  }
  PlainGroups made{Texts(n), Texts(n)};
  for (auto const& key : order) {
    auto const& [left, right] = sides[key];
    auto const to = place_of<std::string>(key, n);
    made.cogroups[to].push_back(key + ":" + std::to_string(left.size()) + "," + std::to_string(right.size()));
    for (auto const& one : left) {
      for (auto const& other : right) made.full[to].push_back(pair_of(one, other));
      if (right.empty()) made.full[to].push_back(pair_of(one, "none"));
    }
    if (left.empty())
      for (auto const& other : right) made.full[to].push_back(pair_of("none", other));
  }
  return made;
}

template <class Right, class RightKey>
void check_joins(Dataset<std::string> const& left, Right const& right, RightKey const& key,
                 PlainJoins const& expected) {
  auto const with_pointer = [](std::string_view one, auto const* other) {
    return pair_of(one, other == nullptr ? "none" : *other);
  };
  CHECK(parts_of(left.inner_join(right, head, key, pair_of)) == expected.inner);
  CHECK(parts_of(left.left_join(right, head, key, with_pointer)) == expected.left);
  CHECK(parts_of(left.semi_join(right, head, key)) == expected.semi);
  CHECK(parts_of(left.anti_join(right, head, key)) == expected.anti);
}

template <class RightKey>
void check_groups(Dataset<std::string> const& left, Dataset<std::string> const& right, RightKey const& key,
                  PlainGroups const& expected) {
  auto const sizes = [](auto of, auto const& lefts, auto const& rights, auto emit) {
    std::size_t n = 0;
    for (auto const text : lefts) n += text.size() < 3 ? 0 : 1;  // ranges go round, too
    CHECK(n <= lefts.size());
    emit(std::string(of) + ":" + std::to_string(lefts.size()) + "," + std::to_string(rights.size()));
  };
  CHECK(parts_of(left.template cogroup<std::string>(right, key, view_of_head, sizes)) == expected.cogroups);
  CHECK(parts_of(left.full_join(right, head, key, tell_pointers)) == expected.full);
}

struct Row {
  std::int64_t id = 0;
  std::array<char, 8> name{};
};

// Few enough pairs.
template <class T>
Parts<T> thinned(Parts<T> parts, std::size_t most) {
  for (auto& part : parts)
    if (part.size() > most) part.resize(most);
  return parts;
}

}  // namespace

TEST_CASE("keyed verbs give what plain programs give, however elements lie") {
  for (auto const& shape : dataset_shapes())
    (void)run_datasets(shape.options(), [&](Job& job) {
      for (auto const& layout : odd_layouts(shape.partitions)) {
        CAPTURE(shape.partitions);
        check_keyed(job, layout, as_texts(layout));
      }
    });
}

TEST_CASE("joins and cogroups give what plain programs give, and broadcast joins move nothing") {
  for (auto const& shape : dataset_shapes())
    (void)run_datasets(shape.options(), [&](Job& job) {
      auto const layouts = odd_layouts(shape.partitions);
      std::size_t const most = shape.partitions == 7 ? 40 : 3;
      for (auto const& [l, r] : {std::pair{0, 2}, {1, 5}, {2, 3}, {4, 4}, {5, 1}}) {
        CAPTURE(l);
        CAPTURE(r);
        auto const lefts = thinned(as_texts(layouts[static_cast<std::size_t>(l)]), most);
        auto const rights = thinned(as_texts(layouts[static_cast<std::size_t>(r)]), most);
        auto const left = given(job, lefts), right = given(job, rights);
        check_joins(left, right, head, plain_joins(lefts, rights, false));
        check_joins(left, right.broadcast(), view_of_head, plain_joins(lefts, rights, true));
        check_groups(left, right, view_of_head, plain_groups(lefts, rights));
        check_groups(left, right, head, plain_groups(lefts, rights));
      }
    });
}

TEST_CASE("any texts are joined and folded by key as plain programs do it") {
  seed_properties(std::getenv("PEL_TEST_SMALL") == nullptr ? 25 : 5);
  (void)run_datasets(Shape{7, 2}.options(), [&](Job& job) {
    CHECK(rc::check("keys", [&] {
      auto const texts = [] {
        auto const letters = rc::gen::elementOf(std::string("aab\0", 4));
        return *rc::gen::container<Texts>(7, rc::gen::scale(0.2, rc::gen::container<std::vector<std::string>>(
                                                                     rc::gen::container<std::string>(letters))));
      };
      auto const lefts = texts(), rights = texts();
      auto const left = given(job, lefts), right = given(job, rights);
      RC_ASSERT(parts_of(left.full_join(right, head, view_of_head, tell_pointers)) == plain_groups(lefts, rights).full);
      auto const expected = plain_joins(lefts, rights, false);
      RC_ASSERT(parts_of(left.inner_join(right, head, head, pair_of)) == expected.inner);
      RC_ASSERT(parts_of(left.anti_join(right, head, head)) == expected.anti);
      RC_ASSERT(parts_of(left.aggregate_by_key(head, Mean{}, add_to_mean, merge_means)) == plain_means(lefts));
    }));
  });
}

TEST_CASE("plain elements are joined by keys that look into them") {
  auto const id = [](Row const& row) -> std::int64_t const& { return row.id; };
  auto const name = [](Row const& row) { return std::string_view(row.name.data(), 1); };
  Parts<Row> lefts(7), rights(7);
  for (std::int64_t i = 0; i < 60; ++i) {
    lefts[static_cast<std::size_t>(i % 5)].push_back({i % 9, {static_cast<char>('a' + i % 3)}});
    rights[static_cast<std::size_t>(i % 4)].push_back({i % 13, {static_cast<char>('b' + i % 3)}});
  }
  std::map<std::pair<std::int64_t, std::int64_t>, int> by_id, by_name;
  for (auto const& left : all_of(lefts))
    for (auto const& right : all_of(rights)) {
      if (left.id == right.id) ++by_id[{left.id, right.id}];
      if (left.name[0] == right.name[0]) ++by_name[{left.id, right.id}];
    }
  auto const pairs = [](auto const& joined) {
    std::map<std::pair<std::int64_t, std::int64_t>, int> found;
    for (auto const& [left, right] : joined) ++found[{left, right}];
    return found;
  };
  auto const full = [](Row const* left, Row const* right) {
    return Entry<std::int64_t, std::int64_t>{left == nullptr ? -1 : left->id, right == nullptr ? -1 : right->id};
  };
  auto const unmatched = [&](auto found) {
    std::erase_if(found, [](auto const& pair) { return pair.first.first < 0 || pair.first.second < 0; });
    return found;
  };
  (void)run_datasets(Shape{7, 2}.options(), [&](Job& job) {
    auto const left = given(job, lefts), right = given(job, rights);
    CHECK(unmatched(pairs(left.full_join(right, id, id, full).collect())) == by_id);
    CHECK(unmatched(pairs(left.full_join(right, name, name, full).collect())) == by_name);
    auto const both = [](Row const& one, Row const& other) {
      return Entry<std::int64_t, std::int64_t>{one.id, other.id};
    };
    CHECK(pairs(left.inner_join(right.broadcast(), name, name, both).collect()) == by_name);
    CHECK(pairs(left.inner_join(right, name, name, both).collect()) == by_name);
  });
}

TEST_CASE("an index that is too large is refused on all ranks") {
  auto const layouts = odd_layouts(7);
  auto const index = [](std::int64_t x) { return x; };
  CHECK_THROWS_WITH_AS(
      (void)run_datasets(
          Shape{7, 2}.options(),
          [&](Job& job) { (void)given(job, layouts[1]).reduce_to_index(10, index, pel::how_many).size(); }),
      doctest::Contains("index -101 is not one of 0 to 10 - 1"), pel::KernelFailed);
}
