#include "data/csv_line.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "data/csv_value.hpp"

using pel::data::CsvLine;
using pel::data::read_value;

namespace {

std::vector<std::string> fields_of(std::string const& text, char separator = ',') {
  CsvLine line(separator);
  if (!line.split(text)) return {line.problem()};
  std::vector<std::string> fields;
  for (std::size_t i = 0; i < line.size(); ++i) fields.emplace_back(line[i]);
  return fields;
}

template <class T>
std::string problem_of(std::string const& field) {
  T value{};
  std::string problem;
  return read_value(field, value, problem) ? "" : problem;
}

template <class T>
T value_of(std::string const& field) {
  T value{};
  std::string problem;
  CHECK(read_value(field, value, problem));
  return value;
}

using Fields = std::vector<std::string>;

}  // namespace

TEST_CASE("fields of a line, plain and in quotes, with their columns") {
  CHECK(fields_of("a,b,,d") == Fields{"a", "b", "", "d"});
  CHECK(fields_of("") == Fields{""});
  CHECK(fields_of(",") == Fields{"", ""});
  CHECK(fields_of("a b\t c", '\t') == Fields{"a b", " c"});
  CHECK(fields_of("a,\"b,\"\"c\"\"\",d") == Fields{"a", "b,\"c\"", "d"});
  CHECK(fields_of("\"\",\"\"\"\"") == Fields{"", "\""});
  CHECK(fields_of("\"a\",") == Fields{"a", ""});
  CsvLine line;
  CHECK(line.split("a,\"b,\"\"c\"\"\",d"));
  CHECK(line.column(1) == 3);
  CHECK(line.column(2) == 13);
  CHECK(line.split("x"));
  CHECK(line.size() == 1);
}

TEST_CASE("quotes that are wrong are told with their column") {
  for (auto const& [text, column, problem] : std::vector<std::tuple<std::string, std::size_t, std::string>>{
           {"a,\"b", 3, "a quote that is not closed"},
           {"a,\"b\"\"", 3, "a quote that is not closed"},
           {"\"a\"b,c", 4, "a field goes on behind its closing quote"},
           {"a,b\"c", 4, "a quote in a field that does not begin with one"}}) {
    CsvLine line;
    CHECK(!line.split(text));
    CHECK(line.problem() == problem);
    CHECK(line.problem_column() == column);
    CHECK(line.is_open() == (column == 3));
  }
}

TEST_CASE("names of files say what separates fields") {
  for (auto const* const name : {"a.tsv", "b/a.tsv.gz", "a.csv.tsv.zst"}) CHECK(pel::data::csv_separator(name) == '\t');
  for (auto const* const name : {"a.csv", "a", "tsv", "a.tsv.csv"}) CHECK(pel::data::csv_separator(name) == ',');
}

TEST_CASE("texts are in quotes where they need them") {
  auto const written = [](std::string const& text, pel::data::CsvStyle style) {
    pel::TextOut out;
    pel::data::write_text(text, style, out);
    return out.take();
  };
  CHECK(written("a b;\t", {}) == "a b;\t");
  CHECK(written("a,b", {}) == "\"a,b\"");
  CHECK(written("a,b", {'\t'}) == "a,b");
  CHECK(written("a\tb", {'\t'}) == "\"a\tb\"");
  CHECK(written("\"", {}) == "\"\"\"\"");
  CHECK(written("\r", {}) == "\"\r\"");
  CHECK(written("", {}) == "");
  CHECK(written("", {',', true}) == "\"\"");
  CHECK(written(" \t", {',', true}) == "\" \t\"");
}

TEST_CASE("values are read exactly, or refused with the reason") {
  CHECK(value_of<double>(" +0.1 ") == 0.1);
  CHECK(value_of<std::int64_t>("-9223372036854775808") == INT64_MIN);
  CHECK(value_of<std::uint8_t>("255") == 255);
  CHECK(value_of<bool>("true"));
  CHECK(!value_of<bool>("0"));
  CHECK(value_of<std::string>(" a ") == " a ");
  CHECK(value_of<std::array<char, 3>>("ab") == std::array<char, 3>{'a', 'b', '\0'});
  CHECK(problem_of<double>("") == "\"\" is no number");
  CHECK(problem_of<double>("1x") == "\"1x\" is no number");
  CHECK(problem_of<double>("nan") == "\"nan\" is not finite");
  CHECK(problem_of<float>("1e39") == "\"1e39\" is beyond what float32 holds");
  CHECK(problem_of<std::int32_t>("1.5") == "\"1.5\" is no whole number");
  CHECK(problem_of<std::uint8_t>("256") == "\"256\" is beyond what uint8 holds");
  CHECK(problem_of<std::uint8_t>("-1") == "\"-1\" is no whole number");
  CHECK(problem_of<bool>("yes") == "\"yes\" is neither true nor false");
  CHECK(problem_of<std::array<char, 2>>("abc") == "\"abc\" is longer than 2 bytes");
}
