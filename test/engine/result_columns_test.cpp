#include "engine/result_columns.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

using pel::base::ElementType;
using pel::engine::Column;
using pel::engine::ResultColumns;

namespace {

template <class T>
Column numbers(std::string name, std::vector<T> const& values, std::vector<std::uint64_t> shape = {}) {
  Column column{std::move(name), false, pel::base::element_type<T>(), std::move(shape), values.size(), {}, {}};
  for (auto const extent : column.row_shape) column.rows /= extent;
  column.bytes.resize(values.size() * sizeof(T));
  if (!values.empty()) std::memcpy(column.bytes.data(), values.data(), column.bytes.size());
  return column;
}

Column texts(std::string name, std::vector<std::string> const& values) {
  Column column{std::move(name), true, ElementType::u8, {}, values.size(), {}, {}};
  for (auto const& value : values) {
    for (auto const c : value) column.bytes.push_back(static_cast<std::byte>(c));
    column.ends.push_back(column.bytes.size());
  }
  return column;
}

ResultColumns result_of(std::vector<Column> const& columns) {
  ResultColumns result;
  for (auto const& column : columns) result.add(column);
  return result;
}

std::string text_of(std::vector<Column> const& columns) { return result_of(columns).text(); }

bool same_digest(std::vector<Column> const& a, std::vector<Column> const& b) {
  return result_of(a).digest() == result_of(b).digest();
}
bool same_layout(std::vector<Column> const& a, std::vector<Column> const& b) {
  return result_of(a).layout_digest() == result_of(b).layout_digest();
}

constexpr auto infinity = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("a row is a line, its values separated by a blank") {
  CHECK(text_of({numbers<std::int64_t>("vertex", {1, 2}), numbers<double>("rank", {0.5, 0.25})}) == "1 0.5\n2 0.25\n");
  CHECK(text_of({texts("word", {"the", "", "end"}), numbers<int>("count", {3, 2, 1})}) == "the 3\n 2\nend 1\n");
  CHECK(text_of({}) == "");
  CHECK(text_of({numbers<double>("rank", {})}) == "");
}

TEST_CASE("doubles are in the shortest form that reads back to the same bits") {
  std::vector<double> const values{0.1, 1.0 / 3, 1e300, 5e-324, -0.0, 100, 0.1 + 0.2, 1e-5, 123456789012345680.0};

  auto const text = text_of({numbers("x", values)});

  CHECK(text == "0.1\n0.3333333333333333\n1e+300\n5e-324\n-0\n100\n0.30000000000000004\n1e-05\n123456789012345680\n");
  auto const* at = text.c_str();
  for (auto const value : values) {
    char* end = nullptr;
    auto const read = std::strtod(at, &end);
    CHECK(std::bit_cast<std::uint64_t>(read) == std::bit_cast<std::uint64_t>(value));
    at = end;
  }
}

TEST_CASE("floats have their own shortest form") {
  CHECK(text_of({numbers<float>("x", {0.1F, 1.0F / 3, 16777216.0F})}) == "0.1\n0.33333334\n16777216\n");
}

TEST_CASE("infinities are spelled as LDBC spells them, and what is no number is nan") {
  CHECK(text_of({numbers<double>("x", {infinity, -infinity})}) == "Infinity\n-Infinity\n");
  CHECK(text_of({numbers<float>("x", {std::numeric_limits<float>::infinity()})}) == "Infinity\n");
  CHECK(text_of({numbers<double>("x", {std::nan("")})}) == "nan\n");
}

TEST_CASE("integers of every width are numbers, truth is 1 or 0") {
  CHECK(text_of({numbers<std::int8_t>("x", {-128, 65})}) == "-128\n65\n");
  CHECK(text_of({numbers<std::uint8_t>("x", {255})}) == "255\n");
  CHECK(text_of({numbers<std::int16_t>("x", {-32768})}) == "-32768\n");
  CHECK(text_of({numbers<std::uint16_t>("x", {65535})}) == "65535\n");
  CHECK(text_of({numbers<std::int32_t>("x", {-2147483647 - 1})}) == "-2147483648\n");
  CHECK(text_of({numbers<std::uint32_t>("x", {4294967295U})}) == "4294967295\n");
  CHECK(text_of({numbers<std::int64_t>("x", {INT64_MIN})}) == "-9223372036854775808\n");
  CHECK(text_of({numbers<std::uint64_t>("x", {UINT64_MAX})}) == "18446744073709551615\n");
  Column truth{"x", false, ElementType::boolean, {}, 2, {std::byte{1}, std::byte{0}}, {}};
  CHECK(text_of({truth}) == "1\n0\n");
}

TEST_CASE("an array is its elements, separated by blanks") {
  CHECK(text_of({numbers<double>("point", {1, 2.5, 3, infinity}, {2}), texts("name", {"a", "b"})}) ==
        "1 2.5 a\n3 Infinity b\n");
  CHECK(text_of({numbers<int>("matrix", {1, 2, 3, 4, 5, 6}, {2, 3})}) == "1 2 3 4 5 6\n");
}

TEST_CASE("columns of differing rows are no text, and the message names both") {
  try {
    (void)text_of({numbers<int>("a", {1, 2}), numbers<int>("b", {1})});
    FAIL("they were taken for a text");
  } catch (std::invalid_argument const& error) {
    std::string const what = error.what();
    CHECK(what.find("columns a and b have 2 and 1 rows") != std::string::npos);
  }
}

TEST_CASE("two columns of one name are refused") {
  CHECK_THROWS_AS(result_of({numbers<int>("a", {1}), numbers<int>("a", {2})}), std::invalid_argument);
}

TEST_CASE("a text column knows its texts and the longest") {
  auto const column = texts("word", {"", "longest", "mid"});

  CHECK(column.text_of(0) == "");
  CHECK(column.text_of(1) == "longest");
  CHECK(column.text_of(2) == "mid");
  CHECK(column.longest_text() == 7);
  CHECK(texts("word", {}).longest_text() == 0);
  CHECK(numbers<int>("x", {1}).longest_text() == 0);
}

TEST_CASE("the digest tells results apart by anything that differs") {
  std::vector<Column> const result{numbers<int>("a", {1, 2}), texts("b", {"ab", "c"})};

  CHECK(same_digest(result, {numbers<int>("a", {1, 2}), texts("b", {"ab", "c"})}));
  CHECK_FALSE(same_digest(result, {numbers<int>("x", {1, 2}), texts("b", {"ab", "c"})}));
  CHECK_FALSE(same_digest(result, {numbers<unsigned>("a", {1, 2}), texts("b", {"ab", "c"})}));
  CHECK_FALSE(same_digest(result, {numbers<int>("a", {1, 3}), texts("b", {"ab", "c"})}));
  CHECK_FALSE(same_digest(result, {numbers<int>("a", {1, 2}), texts("b", {"a", "bc"})}));
  CHECK_FALSE(same_digest(result, {texts("b", {"ab", "c"}), numbers<int>("a", {1, 2})}));
  CHECK_FALSE(same_digest(result, {numbers<int>("a", {1, 2})}));
  CHECK_FALSE(same_digest({numbers<double>("x", {0.0})}, {numbers<double>("x", {-0.0})}));
  CHECK_FALSE(same_digest({numbers<int>("x", {1, 2, 3, 4})}, {numbers<int>("x", {1, 2, 3, 4}, {2})}));
}

TEST_CASE("the digest of the layout sees names, types and shapes, and no values") {
  std::vector<Column> const result{numbers<int>("a", {1, 2}), texts("b", {"ab", "c"})};

  CHECK(same_layout(result, {numbers<int>("a", {}), texts("b", {"x"})}));
  CHECK_FALSE(same_layout(result, {numbers<int>("a", {}), texts("c", {})}));
  CHECK_FALSE(same_layout(result, {numbers<int>("a", {}), numbers<std::uint8_t>("b", {})}));
  CHECK_FALSE(same_layout(result, {numbers<int>("a", {})}));
  CHECK_FALSE(same_layout({numbers<int>("a", {}, {2})}, {numbers<int>("a", {})}));
}

TEST_CASE("rows of a column can be put in another order") {
  std::vector<std::uint32_t> const order{2, 0, 1};
  auto whole = numbers<std::int64_t>("n", {7, 8, 9});
  auto pairs = numbers<std::int64_t>("p", {1, 2, 3, 4, 5, 6}, {2});
  auto words = texts("w", {"the", "", "end"});

  for (auto* const column : {&whole, &pairs, &words}) column->reorder(order);

  CHECK(text_of({whole, pairs, words}) == "9 5 6 end\n7 1 2 the\n8 3 4 \n");
  CHECK_THROWS_AS(whole.reorder(std::span(order).first(2)), std::invalid_argument);
}
