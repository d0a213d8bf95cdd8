// Files of comma-separated values, row by row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/function_ref.hpp"
#include "data/bad_lines.hpp"
#include "data/csv_line.hpp"
#include "data/text_input.hpp"
#include "pel/partition.hpp"

namespace pel::data {

struct CsvRules {
  // Rows that make no sense are left out, and told: so many at most. None: as many as --max-bad says.
  std::optional<std::uint64_t> max_bad{};
  // Texts in quotes may hold line ends. Only who has read a file from its start knows then where rows begin, so each
  // file goes to one partition.
  bool multiline = false;
};

// What is wrong with a row: which of its fields, counted from 0, and why.
struct FieldProblem {
  std::size_t field;
  std::string why;
};

// The first line of each file has the names of its columns, in any order; what is not asked for is passed over. Files
// whose names end in .tsv (before .gz, .zst) are separated by tabs. Lines of blanks alone are no rows (tabs are blanks,
// too, unless they separate fields).
class CsvReader {
 public:
  // Looks at the first line of each file. Throws: BadData where a column of these names is missing or comes twice.
  CsvReader(TextInput input, std::vector<std::string> const& names, CsvRules rules);

  // read(row, places): places[i] is the field of column i. Returns what is wrong, if anything is.
  using ReadRow =
      base::FunctionRef<std::optional<FieldProblem>(CsvLine const& row, std::span<std::size_t const> places)>;

  // The rows that start in the partition's share of the bytes, in order (where texts may hold line ends: all rows of
  // the files that start there). bad(line): for each row of another number of fields than the names, and in which
  // read() finds something wrong.
  void for_each_row(Partition part, ReadRow read, base::FunctionRef<void(BadLine)> bad) const;

  [[nodiscard]] TextInput const& input() const noexcept { return input_; }

 private:
  struct Heading {
    char separator;
    std::size_t fields = 0;           // 0: the file has no line
    std::vector<std::size_t> places;  // by wanted column
  };
  [[nodiscard]] Heading heading_of(TextSource const& source, std::vector<std::string> const& names) const;
  class Rows;
  [[nodiscard]] std::string problem_of(CsvLine const& line) const;

  TextInput input_;
  CsvRules rules_;
  std::vector<Heading> headings_;  // by source
};

}  // namespace pel::data
