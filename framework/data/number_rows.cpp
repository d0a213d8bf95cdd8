#include "data/number_rows.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/number_line.hpp"
#include "data/text_out.hpp"
#include "pel/error.hpp"

namespace pel::data {
namespace {

struct NumberRow {
  std::vector<double> numbers;
  std::int64_t line;
  std::size_t source;
};

class NumberRows {
 public:
  explicit NumberRows(TextInput input) : input_(std::move(input)) {
    for (std::size_t source = 0; source < input_.sources().size(); ++source)
      each_line(input_.sources()[source], [&](std::int64_t number, std::string_view line) {
        if (number > 1 || !is_heading(line)) add(source, number, line);
      });
  }

  [[nodiscard]] std::vector<NumberRow> const& rows() const noexcept { return rows_; }
  [[nodiscard]] std::string place(NumberRow const& row) const {
    return at_place(input_.sources()[row.source], row.line);
  }

 private:
  void add(std::size_t source, std::int64_t number, std::string_view line) {
    constexpr char const* between = ", \t\r";
    NumberRow row{{}, number, source};
    for (auto at = line.find_first_not_of(between); at != std::string_view::npos;
         at = line.find_first_not_of(between, at)) {
      auto const end = std::min(line.find_first_of(between, at), line.size());
      auto const word = line.substr(at, end - at);
      double value = 0;
      auto const [stop, error] = std::from_chars(word.data(), word.data() + word.size(), value);
      if (error != std::errc() || stop != word.data() + word.size())
        throw BadData(input_.sources()[source].name, number, static_cast<std::int64_t>(at) + 1, -1,
                      "\"" + std::string(word) + "\": expected a number");
      row.numbers.push_back(value);
      at = end;
    }
    if (!row.numbers.empty()) rows_.push_back(std::move(row));
  }

  TextInput input_;
  std::vector<NumberRow> rows_;
};

// The largest |number| of each column.
std::vector<double> scales_of(NumberRows const& rows) {
  std::vector<double> scales;
  for (auto const& row : rows.rows()) {
    scales.resize(std::max(scales.size(), row.numbers.size()));
    for (std::size_t c = 0; c < row.numbers.size(); ++c)
      if (std::isfinite(row.numbers[c])) scales[c] = std::max(scales[c], std::abs(row.numbers[c]));
  }
  return scales;
}

bool agree(double expected, double found, double tolerance) {
  return expected == found || (std::isfinite(expected) && std::abs(expected - found) <= tolerance);
}

Comparison compare(NumberRows const& expected, NumberRows const& found, double within) {
  Comparison result{.things = "numbers"};
  auto const scales = scales_of(expected);
  auto const told = [](NumberRows const& rows, std::size_t r, std::size_t c) -> std::string {
    if (r >= rows.rows().size()) return "no such row";
    auto const& row = rows.rows()[r];
    return (c < row.numbers.size() ? text_of(row.numbers[c]) : "no such number") + rows.place(row);
  };
  auto const width = [](NumberRows const& rows, std::size_t r) {
    return r < rows.rows().size() ? rows.rows()[r].numbers.size() : 0;
  };
  for (std::size_t r = 0; r < std::max(expected.rows().size(), found.rows().size()); ++r) {
    auto const right = width(expected, r), mine = width(found, r);
    for (std::size_t c = 0; c < std::max(right, mine); ++c) {
      ++result.compared;
      if (c < right && c < mine && agree(expected.rows()[r].numbers[c], found.rows()[r].numbers[c], within * scales[c]))
        continue;
      result.differs([&] {
        return text_of("row ", r + 1, ", number ", c + 1, ": expected ", told(expected, r, c), ", found ",
                       told(found, r, c));
      });
    }
  }
  return result;
}

}  // namespace

Expectation expect_numbers(TextInput const& golden, double within) {
  auto const expected = std::make_shared<NumberRows const>(golden);
  return [expected, within](TextInput const& found) { return compare(*expected, NumberRows(found), within); };
}

}  // namespace pel::data
