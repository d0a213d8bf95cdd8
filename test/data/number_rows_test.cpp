#include "data/number_rows.hpp"

#include <doctest/doctest.h>

#include <string>

#include "held_texts.hpp"

using pel::data::expect_numbers;

namespace {

std::string said(std::string const& golden, std::string const& found, double within = 0.01) {
  return expect_numbers(held::golden(golden), within)(held::out(found)).words("golden");
}
std::string refusal(std::string const& golden) {
  return held::refusal([&] { return expect_numbers(held::golden(golden), 0); });
}

}  // namespace

TEST_CASE("numbers agree within a share of the largest of their column") {
  CHECK(said("1,200\n-5,0\n", "1.04,200\n-5,2\n").empty());
  CHECK(said("1,200\n-5,0\n", "1.04,200\n-5,3\n") ==
        "1 of 4 numbers differ from golden; the first is row 2, number 2: expected 0 (golden:2), found 3 (out:2)");
  CHECK(said("1,200\n-5,0\n", "1.06,200\n-5,0\n") ==
        "1 of 4 numbers differ from golden; the first is row 1, number 1: expected 1 (golden:1), found 1.06 (out:1)");
  CHECK(said("1e-20\n2e-20\n", "1e-20\n3e-20\n").starts_with("1 of 2 numbers differ"));
}

TEST_CASE("within 0 numbers are equal") {
  CHECK(said("0.1\n", "0.1\n", 0).empty());
  CHECK_FALSE(said("0.1\n", "0.10000000000000002\n", 0).empty());
}

TEST_CASE("names of columns, blank lines and what stands between numbers are passed over") {
  CHECK(said("x,y\n\n1, 2\r\n3\t4\n", "1,2\n3,4").empty());
  CHECK(said("", "").empty());
}

TEST_CASE("rows and numbers of one side only differ") {
  CHECK(said("1,2\n3,4\n", "1,2\n") ==
        "2 of 4 numbers differ from golden; the first are row 2, number 1: expected 3 (golden:2), found no such row; "
        "row 2, number 2: expected 4 (golden:2), found no such row");
  CHECK(said("1\n", "1,2\n") ==
        "1 of 2 numbers differ from golden; the first is row 1, number 2: expected no such number (golden:1), found 2 "
        "(out:1)");
}

TEST_CASE("infinity agrees with itself, and nan with nothing") {
  CHECK(said("inf,1\n", "inf,1\n").empty());
  CHECK_FALSE(said("inf\n", "-inf\n").empty());
  CHECK_FALSE(said("inf\n", "1e308\n").empty());
  CHECK_FALSE(said("1\n", "inf\n").empty());
  CHECK(said("nan\n", "nan\n") ==
        "1 of 1 numbers differ from golden; the first is row 1, number 1: expected nan (golden:1), found nan (out:1)");
  CHECK_FALSE(said("1\n", "nan\n").empty());
}

TEST_CASE("what is no number is refused by line and column") {
  CHECK(refusal("1,2\n3,x\n") == "2:3: \"x\": expected a number");
  CHECK(refusal("1,2\nx,y\n") == "2:1: \"x\": expected a number");
}
