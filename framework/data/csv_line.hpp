// A line of comma-separated values, cut into its fields.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pel::data {

// What separates fields in a file of this name: a tab where it ends in .tsv (before .gz, .zst), else a comma.
[[nodiscard]] char csv_separator(std::string_view name) noexcept;

// Fields as RFC 4180 has them: separated by a comma (or what else separates), plain, or in quotes, where a doubled
// quote is one. Blanks belong to a field. Used again for line after line. Fields are valid as long as the line, until
// split() is called again. Example: a,"b,""c""",d has the fields a  b,"c"  d in columns 1, 3 and 13.
class CsvLine {
 public:
  explicit CsvLine(char separator = ',') noexcept : separator_(separator) {}

  // False where quotes are not as they should be: problem() and problem_column() say what and where.
  [[nodiscard]] bool split(std::string_view line);

  [[nodiscard]] std::size_t size() const noexcept { return fields_.size(); }
  [[nodiscard]] std::string_view operator[](std::size_t i) const noexcept { return fields_[i].text; }
  [[nodiscard]] std::size_t column(std::size_t i) const noexcept { return fields_[i].at + 1; }  // in bytes, from 1
  [[nodiscard]] std::string const& problem() const noexcept { return problem_; }
  [[nodiscard]] std::size_t problem_column() const noexcept { return problem_at_ + 1; }
  // Whether the problem is a quote that the line does not close: the text may go on in the next line.
  [[nodiscard]] bool is_open() const noexcept { return open_; }

 private:
  struct Field {
    std::string_view text;
    std::size_t at;  // where it begins in the line
  };
  void split_plain(std::string_view line);
  [[nodiscard]] bool split_quoted(std::string_view line);
  [[nodiscard]] bool refuse(std::size_t at, char const* problem);
  [[nodiscard]] std::size_t take_quoted(std::string_view line, std::size_t at);

  char separator_;
  std::vector<Field> fields_;
  std::string unquoted_;  // what fields with doubled quotes see
  std::string problem_;
  std::size_t problem_at_ = 0;
  bool open_ = false;
};

}  // namespace pel::data
