// A line of numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "data/text_input.hpp"

namespace pel::data {

// The numbers of a line, one at a time: separated by commas, blanks and tabs around them passed over. Exactly rounded,
// whatever the locale.
class NumberLine {
 public:
  explicit NumberLine(std::string_view line) noexcept : line_(line) {}

  // The next number; false at the end of the line. Where it is none, or not finite, problem() says so.
  [[nodiscard]] bool next(double& number);
  [[nodiscard]] bool bad() const noexcept { return !problem_.empty(); }
  [[nodiscard]] std::string const& problem() const noexcept { return problem_; }
  [[nodiscard]] std::size_t column() const noexcept { return field_ + 1; }  // of the last field, from 1, in bytes

 private:
  [[nodiscard]] bool refuse(std::string_view field, std::string const& expected);
  std::string_view line_;
  std::size_t at_ = 0, field_ = 0;
  bool over_ = false;
  std::string problem_;
};

// Whether a line holds names of columns: each of its fields begins with a letter, "_" or a quote, and none is a number
// ("nan" and "inf" are some).
[[nodiscard]] bool is_heading(std::string_view line);

}  // namespace pel::data
