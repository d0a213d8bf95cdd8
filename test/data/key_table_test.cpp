#include "data/key_table.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "support/properties.hpp"

using pel::data::key_hash;
using pel::data::KeyTable;
using pel::data::ViewOf;

namespace {

// The plain oracle: how often each key was seen, in order of first appearance.
template <class K>
std::vector<std::pair<K, std::int64_t>> counted(std::vector<K> const& keys) {
  std::vector<std::pair<K, std::int64_t>> counts;
  std::unordered_map<K, std::size_t> places;
  for (auto const& key : keys) {
    auto const [at, is_new] = places.try_emplace(key, counts.size());
    if (is_new) counts.emplace_back(key, 0);
    ++counts[at->second].second;
  }
  return counts;
}

template <class K>
void count_into(KeyTable<K, std::int64_t>& table, std::vector<K> const& keys) {
  for (auto const& key : keys) ++table.find(key, key_hash<ViewOf<K>>(key)).value;
}

template <class K>
std::vector<std::pair<K, std::int64_t>> contents_of(KeyTable<K, std::int64_t>& table) {
  std::vector<std::pair<K, std::int64_t>> contents;
  for (auto const& slot : table.slots()) {
    CHECK(slot.hash == key_hash<ViewOf<K>>(table.key_of(slot)));
    contents.emplace_back(K(table.key_of(slot)), slot.value);
  }
  return contents;
}

template <class K>
std::vector<std::pair<K, std::int64_t>> in_table(std::vector<K> const& keys) {
  KeyTable<K, std::int64_t> table;
  count_into(table, keys);
  return contents_of(table);
}

using Texts = std::vector<std::string>;

std::string text_of(std::uint64_t i, std::size_t size) {
  std::string text(size, '\0');
  for (auto& letter : text) letter = static_cast<char>(std::exchange(i, i / 3) % 3);
  return text;
}

enum class Colour : std::uint8_t { red, green };

struct Cell {
  std::int32_t row, column;
  friend bool operator==(Cell const&, Cell const&) = default;
};

}  // namespace

TEST_CASE("texts of 0 to 20 bytes are told apart by each byte, zeros too, and by their length") {
  Texts keys;
  for (std::size_t size = 0; size <= 20; ++size) {
    keys.emplace_back(size, '\0');
    keys.emplace_back(size, '\xff');
    for (std::size_t i = 0; i < size; ++i)
      for (char const letter : {'\x01', '\x80', '\xff'}) {
        keys.emplace_back(size, '\0');
        keys.back()[i] = letter;
      }
  }
  auto const once = counted(keys);
  auto twice = keys;
  twice.insert(twice.end(), keys.rbegin(), keys.rend());

  CHECK(in_table(keys) == once);
  CHECK(in_table(twice) == counted(twice));
}

TEST_CASE("texts whose hashes are equal are told apart") {
  Texts keys;
  for (std::size_t size = 0; size <= 20; ++size)
    for (std::uint64_t i = 0; i < 9 && i < size * 3 + 1; ++i) keys.push_back(text_of(i, size));
  keys.insert(keys.end(), keys.begin(), keys.end());

  for (std::uint64_t const hash : {std::uint64_t{0}, ~std::uint64_t{0}, std::uint64_t{1} << 32U}) {
    KeyTable<std::string, std::int64_t> table;
    for (auto const& key : keys) ++table.find(key, hash).value;
    auto const right = counted(keys);
    CHECK(table.size() == right.size());
    for (std::size_t i = 0; i < right.size(); ++i) {
      auto const& slot = table.slots()[i];
      CHECK(table.key_of(slot) == right[i].first);
      CHECK(slot.value == right[i].second);
    }
  }
}

TEST_CASE("keys of 1 MiB that differ in their last byte, or their ninth, are others") {
  std::string const large(std::size_t{1} << 20U, 'k');
  Texts keys(5, large);
  keys[1].back() = 'l';
  keys[2][8] = '\0';
  keys[3].push_back('k');
  keys.push_back(large.substr(1));
  keys.insert(keys.end(), keys.rbegin(), keys.rend());

  CHECK(in_table(keys) == counted(keys));
}

TEST_CASE("one key over and over takes one entry") {
  for (auto const& key : {std::string(), std::string("k"), std::string(300, 'k')}) {
    Texts const keys(10'000, key);
    CHECK(in_table(keys) == std::vector<std::pair<std::string, std::int64_t>>{{key, 10'000}});
  }
}

TEST_CASE("a table that grows keeps entries, their order and their values") {
  Texts keys;
  for (std::size_t i = 0; i < 60'000; ++i) keys.push_back("key " + std::to_string(i * 7919 % 50'000));

  CHECK(in_table(keys) == counted(keys));
}

TEST_CASE("a value is the default one where its key is new, and only there") {
  KeyTable<std::string, std::int64_t> table;
  auto const first = table.find("a", 1);
  CHECK(first.is_new);
  CHECK(first.value == 0);
  first.value = 7;

  auto const second = table.find("a", 1);

  CHECK_FALSE(second.is_new);
  CHECK(second.value == 7);
}

TEST_CASE("integers, enumerations and plain structures are keys") {
  std::vector<std::int64_t> numbers{0, -1, 1, std::numeric_limits<std::int64_t>::min(),
                                    std::numeric_limits<std::int64_t>::max()};
  for (std::int64_t i = 0; i < 5000; ++i) numbers.push_back(i * i % 1237 - 600);
  CHECK(in_table(numbers) == counted(numbers));
  std::vector<std::uint8_t> bytes;
  for (unsigned i = 0; i < 1000; ++i) bytes.push_back(static_cast<std::uint8_t>(i * 37));
  CHECK(in_table(bytes) == counted(bytes));
  CHECK(in_table(std::vector{Colour::green, Colour::red, Colour::green}) ==
        std::vector<std::pair<Colour, std::int64_t>>{{Colour::green, 2}, {Colour::red, 1}});

  KeyTable<Cell, std::int64_t> table;
  for (int i = 0; i < 100; ++i) {
    Cell const cell{i % 3, -(i % 2)};
    ++table.find(cell, key_hash<Cell>(cell)).value;
  }
  CHECK(table.size() == 6);
  CHECK(table.key_of(table.slots()[4]) == Cell{1, 0});
}

TEST_CASE("a cleared table is as a new one, and keeps its memory") {
  Texts keys;
  for (int i = 0; i < 3000; ++i) keys.push_back("first " + std::to_string(i));
  KeyTable<std::string, std::int64_t> table;
  count_into(table, keys);
  auto const bytes = table.bytes();

  table.clear();
  CHECK(table.size() == 0);
  CHECK(table.bytes() > bytes / 2);
  Texts const others{"first 1", "", "first 1", "x"};
  count_into(table, others);

  CHECK(contents_of(table) == counted(others));
}

TEST_CASE("room may be made before or between keys") {
  Texts keys;
  for (int i = 0; i < 3000; ++i) keys.push_back(std::to_string(i % 1000));
  KeyTable<std::string, std::int64_t> table;
  table.reserve(0);
  count_into(table, {keys.begin(), keys.begin() + 500});
  table.reserve(1000);
  auto const bytes = table.bytes();
  count_into(table, {keys.begin() + 500, keys.end()});

  CHECK(contents_of(table) == counted(keys));
  CHECK(table.bytes() - bytes == 3 * 500);  // the keys' own bytes alone
}

TEST_CASE("any keys are counted as a plain map counts them") {
  pel::test::seed_properties(100);
  CHECK(rc::check("texts", [] {
    auto const distinct = *rc::gen::nonEmpty(rc::gen::arbitrary<Texts>());
    auto const keys = *rc::gen::container<Texts>(rc::gen::elementOf(distinct));
    RC_ASSERT(in_table(keys) == counted(keys));
  }));
  CHECK(
      rc::check("numbers", [](std::vector<std::uint32_t> const& keys) { RC_ASSERT(in_table(keys) == counted(keys)); }));
}
