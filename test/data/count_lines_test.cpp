#include "data/count_lines.hpp"

#include <doctest/doctest.h>

#include <string>

#include "held_texts.hpp"

using pel::data::expect_counts;

namespace {

std::string said(std::string const& golden, std::string const& found) {
  return expect_counts(held::golden(golden))(held::out(found)).words("golden");
}
std::string refusal(std::string const& golden) {
  return held::refusal([&] { return expect_counts(held::golden(golden)); });
}

}  // namespace

TEST_CASE("counts agree in any order, between any blanks, from any number of files") {
  pel::data::TextInput const parts(
      {held::source("a", "the 9\nof 7"), held::source("b", ""), held::source("c", "a b 1\n")});

  auto const compared = expect_counts(held::golden("a b\t1\r\nof\t7 \n\nthe   9\n"))(parts);

  CHECK(compared.same());
  CHECK(compared.compared == 3);
  CHECK(compared.words("golden").empty());
  CHECK(said("", "").empty());
}

TEST_CASE("what differs is told by key, with both counts and their lines") {
  CHECK(said("of 7\nthe 9\n", "the 9\nof 8\n") ==
        "1 of 2 lines differ from golden; the first is \"of\": expected 7 (golden:1), found 8 (out:2)");
  CHECK(said("of 7\nthe 9\n", "the 9\nan 2\n") ==
        "2 of 3 lines differ from golden; the first are \"an\": expected no such line, found 2 (out:2); "
        "\"of\": expected 7 (golden:1), found no such line");
  CHECK(said("a 1\nb 1\nc 1\nd 1\n", "a 2\nb 2\nc 2\nd 2\n").find("\"d\"") == std::string::npos);
  CHECK(said("a 1\nb 1\nc 1\nd 1\n", "").starts_with("4 of 4 lines differ"));
}

TEST_CASE("a key that comes twice is one line more") {
  CHECK(said("of 7\n", "of 7\nof 7\n") ==
        "1 of 2 lines differ from golden; the first is \"of\": expected no such line, found 7 (out:2)");
  CHECK(said("of 7\nof 7\n", "of 7\nof 7\n").empty());
}

TEST_CASE("places are told of files alone") {
  auto const expected = expect_counts(pel::data::TextInput({held::source("", "of 7\n")}));

  CHECK(expected(held::out("of 8\n")).words("the reference") ==
        "1 of 1 lines differ from the reference; the first is \"of\": expected 7, found 8 (out:1)");
}

TEST_CASE("lines without a count are refused by line and column") {
  CHECK(refusal("of 7\nthe\n") == "2:4: the line ends here: expected a count");
  CHECK(refusal("of 7\nthe nine\n") == "2:5: \"nine\": expected a count");
  CHECK(refusal("of 7.5\n") == "1:4: \"7.5\": expected a count");
  CHECK(refusal("  7\n") == "1:3: expected a key before the count");
  CHECK(refusal("of -7\n") == "none");
}

TEST_CASE("long keys are cut where they are told") {
  auto const words = said(std::string(1000, 'x') + " 1\n", "");

  CHECK(words.find(std::string(60, 'x') + "…\": expected 1 (golden:1)") != std::string::npos);
}
