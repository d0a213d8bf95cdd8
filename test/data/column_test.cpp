#include "data/column.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

using pel::Entry;
using pel::data::block_elements;
using pel::data::BlockOf;
using pel::data::Column;
using pel::data::ElementOf;
using pel::data::show_blocks;
using pel::data::ViewOf;

static_assert(std::is_same_v<ElementOf<std::string_view const&>, std::string>);
static_assert(std::is_same_v<ElementOf<char const*>, std::string>);
static_assert(std::is_same_v<ElementOf<Entry<std::string_view, int>>, Entry<std::string, int>>);
static_assert(std::is_same_v<ElementOf<int const&>, int>);
static_assert(std::is_same_v<ViewOf<Entry<std::string, double>>, Entry<std::string_view, double>>);
static_assert(std::is_same_v<ViewOf<Entry<int, double>>, Entry<int, double>>);

namespace {

// What show_blocks() shows, as owned elements, and the sizes of the blocks.
template <class T>
struct Shown {
  std::vector<T> elements;
  std::vector<std::size_t> blocks;
};

template <class T>
Shown<T> shown(Column<T> const& column) {
  Shown<T> all;
  show_blocks(column, [&](BlockOf<T> block) {
    all.blocks.push_back(block.size());
    for (auto const& element : block) all.elements.emplace_back(element);
  });
  return all;
}

std::string text_of(std::size_t i) { return std::string(i * 31 % 100, static_cast<char>(i)); }

}  // namespace

TEST_CASE("a column of texts has what was added, at its place") {
  Column<std::string> column;
  column.reserve(3);
  for (auto const text : {std::string_view("one"), std::string_view(), std::string_view("\0\xff", 2)}) column.add(text);
  column.add(std::string(1 << 20, 'x'));

  REQUIRE(column.size() == 4);
  CHECK(column[0] == "one");
  CHECK(column[1].empty());
  CHECK(column[2] == std::string_view("\0\xff", 2));
  CHECK(column[3] == std::string(1 << 20, 'x'));
  CHECK(column.bytes() == 3 + 2 + (1U << 20U) + 4 * 8);

  column.clear();
  CHECK(column.size() == 0);
  CHECK(column.bytes() == 0);
  column.add("again");
  CHECK(column[0] == "again");
}

TEST_CASE("a column of plain elements is an array") {
  Column<std::int32_t> column;
  for (std::int32_t i = 0; i < 5; ++i) column.add(i * i);

  CHECK(column.size() == 5);
  CHECK(column.bytes() == 20);
  CHECK(column[4] == 16);
  CHECK(column.elements().data() == &column[0]);
  column.clear();
  CHECK(column.elements().empty());
}

TEST_CASE("a column of entries has keys and values, also where one of them is an entry") {
  Column<Entry<std::string, std::int64_t>> counts;
  counts.add({"a", 1});
  counts.add({"", -2});
  CHECK(counts.size() == 2);
  CHECK(counts[1] == Entry<std::string_view, std::int64_t>{"", -2});
  CHECK(counts.bytes() == 1 + 2 * 8 + 2 * 8);
  counts.clear();
  CHECK(counts.size() == 0);

  Column<Entry<int, Entry<std::string, std::string>>> nested;
  nested.add({7, {"key", "value"}});
  CHECK(nested[0].key == 7);
  CHECK(nested[0].value.value == "value");
}

TEST_CASE("a column is shown in order, in blocks that are full but for the last") {
  for (std::size_t const size :
       {std::size_t{0}, std::size_t{1}, block_elements - 1, block_elements, block_elements + 1, 3 * block_elements}) {
    Column<std::string> texts;
    Column<std::uint64_t> numbers;
    std::vector<std::string> right_texts;
    std::vector<std::uint64_t> right_numbers;
    for (std::size_t i = 0; i < size; ++i) {
      texts.add(text_of(i));
      numbers.add(i);
      right_texts.push_back(text_of(i));
      right_numbers.push_back(i);
    }
    auto const shown_texts = shown(texts);
    auto const shown_numbers = shown(numbers);
    CAPTURE(size);

    CHECK(shown_texts.elements == right_texts);
    CHECK(shown_numbers.elements == right_numbers);
    std::vector<std::size_t> blocks(size / block_elements, block_elements);
    if (size % block_elements > 0) blocks.push_back(size % block_elements);
    CHECK(shown_texts.blocks == blocks);
    CHECK(shown_numbers.blocks == blocks);
  }
}
