#include "data/number_line.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

using pel::data::NumberLine;

namespace {

struct Read {
  std::vector<double> numbers;
  std::string problem;
  std::size_t column = 0;
};

Read read(std::string const& text) {
  NumberLine line(text);
  Read found;
  for (double number = 0; line.next(number);) found.numbers.push_back(number);
  found.problem = line.problem();
  found.column = line.column();
  return found;
}

}  // namespace

TEST_CASE("numbers of a line, exactly rounded, blanks passed over") {
  CHECK(read("1").numbers == std::vector<double>{1});
  CHECK(read(" 1.5 ,\t-2e3,+.25").numbers == std::vector<double>{1.5, -2000, 0.25});
  CHECK(read("0.1,5e-324,1.7976931348623157e308").numbers ==
        std::vector<double>{0.1, std::numeric_limits<double>::denorm_min(), std::numeric_limits<double>::max()});
  CHECK(std::signbit(read("-0").numbers.at(0)));
}

TEST_CASE("what is no finite number is told with its column") {
  for (auto const& [text, column, expected] : std::vector<std::tuple<std::string, std::size_t, std::string>>{
           {"1,x2", 3, "\"x2\" is no number"},
           {"1, 2y", 4, "\"2y\" is no number"},
           {"1,", 3, "\"\" is no number"},
           {",1", 1, "\"\" is no number"},
           {"+-1", 1, "\"+-1\" is no number"},
           {"0x10", 1, "\"0x10\" is no number"},
           {"1,nan", 3, "\"nan\" is not finite"},
           {"-inf", 1, "\"-inf\" is not finite"},
           {"1e999", 1, "\"1e999\" is beyond what a double holds"}}) {
    CAPTURE(text);
    auto const found = read(text);
    CHECK(found.problem == expected);
    CHECK(found.column == column);
  }
}
