#include "graph/verification.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <memory>
#include <string>
#include <utility>

#include "pel/error.hpp"

using namespace pel::graph;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

pel::data::TextSource source_of(std::string text) {
  auto const size = text.size();
  return {"golden", size, std::make_shared<std::string const>(std::move(text))};
}

Answer answer(std::string text, Rule rule, Names const& names = nullptr) {
  return read_answer(pel::data::TextInput({source_of(std::move(text))}), rule, names);
}

Comparison compared(std::string expected, std::string found, Rule rule, double tolerance = 1e-4) {
  return compare(answer(std::move(expected), rule), answer(std::move(found), rule), rule, tolerance, nullptr);
}

std::string place_of_error(std::string text, Rule rule, Names const& names = nullptr) {
  try {
    (void)answer(std::move(text), rule, names);
  } catch (pel::BadData const& error) {
    return std::to_string(error.line) + ":" + std::to_string(error.column) + ": " + error.problem;
  }
  return "none";
}

}  // namespace

TEST_CASE("goldens are read in any order, from several files, with every spelling of infinity") {
  auto const read = read_answer(pel::data::TextInput({source_of("9 0.5\n2 Infinity\n\n# no\n"), source_of("7\tinf\r\n"),
                                                      source_of("1 infinity\n3 5.0e-01 more")}),
                                Rule::real, nullptr);

  CHECK(read.ids == std::vector<std::uint64_t>{1, 2, 3, 7, 9});
  CHECK(std::get<std::vector<double>>(read.values) == std::vector{infinity, infinity, 0.5, infinity, 0.5});
  CHECK(std::get<std::vector<std::int64_t>>(answer("1 9223372036854775807\n", Rule::number).values).front() ==
        std::numeric_limits<std::int64_t>::max());
}

TEST_CASE("a golden that is none is refused by line and column") {
  CHECK(place_of_error("1 0\nx 1\n", Rule::number) == "2:1: \"x\": expected a vertex number");
  CHECK(place_of_error("1 0\n2 0.5\n", Rule::number) == "2:3: \"0.5\": expected a value");
  CHECK(place_of_error("1\n", Rule::real) == "1:2: the line ends here: expected a value");
  CHECK(place_of_error("1 0\n3 0\n1 0\n", Rule::number) == "3:1: vertex 1 was there before");
}

TEST_CASE("where vertices have names goldens have them, too") {
  auto const names = std::make_shared<std::vector<std::string> const>(std::vector<std::string>{"10", "9", "a"});

  auto const labels = answer("a 10\n9 9\n10 10\n", Rule::component, names);

  CHECK(labels.ids == std::vector<std::uint64_t>{0, 1, 2});
  CHECK(std::get<std::vector<std::int64_t>>(labels.values) == std::vector<std::int64_t>{0, 1, 0});
  CHECK(place_of_error("b 1\n", Rule::number, names) == "1:1: \"b\": no vertex is called so");
  CHECK(compare(labels, answer("a 9\n9 9\n10 10\n", Rule::component, names), Rule::component, 0, names).worst ==
        "vertex a: expected 10, found 9");
}

TEST_CASE("a number sign begins a comment where vertices are numbers, and a name where they have names") {
  auto const names = std::make_shared<std::vector<std::string> const>(std::vector<std::string>{"#b", "a"});
  CHECK(answer("#b 1\na 2\n", Rule::number, names).ids == std::vector<std::uint64_t>{0, 1});
  CHECK(answer("#b 1\n4 2\n", Rule::number).ids == std::vector<std::uint64_t>{4});
}

TEST_CASE("whole numbers are equal or differ, and the worst is the one farthest off") {
  CHECK(compared("1 5\n2 7\n", "2 7\n1 5\n", Rule::number).same());
  auto const differing = compared("1 5\n2 7\n3 9\n", "1 6\n2 3\n3 9\n", Rule::number);
  CHECK(differing.differing == 2);
  CHECK(differing.vertices == 3);
  CHECK(differing.worst == "vertex 2: expected 7, found 3");
  CHECK(compared("1 9223372036854775807\n", "1 9223372036854775806\n", Rule::number).differing == 1);
}

TEST_CASE("real numbers agree within the tolerance, zero and infinity exactly") {
  CHECK(compared("1 1\n2 0\n3 Infinity\n", "1 1.0001\n2 0\n3 inf\n", Rule::real).same());
  CHECK(compared("1 1\n", "1 1.0002\n", Rule::real).worst == "vertex 1: expected 1, found 1.0002");
  CHECK(compared("1 0\n", "1 1e-300\n", Rule::real).differing == 1);
  CHECK(compared("1 1e-9\n", "1 2e-9\n", Rule::real).differing == 1);
  CHECK(compared("1 Infinity\n", "1 1e300\n", Rule::real).differing == 1);
  CHECK(compared("1 3\n", "1 nan\n", Rule::real).differing == 1);
  auto const several = compared("1 1\n2 100\n3 5\n4 2\n", "1 2\n2 150\n3 Infinity\n4 4\n", Rule::real);
  CHECK(several.differing == 4);
  CHECK(several.worst == "vertex 3: expected 5, found Infinity");
}

TEST_CASE("a vertex that one side alone has is the worst") {
  auto const differing = compared("1 1\n2 2\n", "1 7\n3 2\n", Rule::number);
  CHECK(differing.vertices == 3);
  CHECK(differing.differing == 3);
  CHECK(differing.worst == "vertex 2: expected 2, found no such vertex");
  CHECK(compared("1 1\n", "1 1\n4 2\n", Rule::number).worst == "vertex 4: expected no such vertex, found 2");
  CHECK(compared("", "", Rule::number).same());
}

TEST_CASE("components are the same partition under any names") {
  CHECK(compared("1 1\n2 1\n3 3\n", "1 77\n2 77\n3 2\n", Rule::component).same());
  CHECK(compared("1 1\n2 1\n3 3\n", "1 1\n2 1\n3 1\n", Rule::component).worst == "vertex 3: expected 3, found 1");
  CHECK(compared("1 1\n2 1\n3 1\n", "1 1\n2 1\n3 3\n", Rule::component).worst == "vertex 3: expected 1, found 3");
}
