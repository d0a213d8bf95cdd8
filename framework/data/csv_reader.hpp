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
#include "data/csv_line.hpp"
#include "data/flow.hpp"
#include "data/text_input.hpp"
#include "pel/partition.hpp"

namespace pel::data {

struct CsvRules {
  std::uint64_t max_bad = 0;  // rows that make no sense are left out, and told: so many at most
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
  // the files that start there). Throws: BadData with line and column for the first row that has another number of
  // fields than the names, or in which read() finds something wrong; where some are tolerated they are passed over:
  // count_bad() must have been called.
  void for_each_row(Partition part, ReadRow read) const;

  // Where bad rows are tolerated: reads all rows once, and tells the first bad ones; else nothing. Collective: all
  // ranks. Throws: BadData where there are more than that.
  void count_bad(Flow& flow, Arriving const* passing, ReadRow read);

 private:
  struct BadRow {
    std::uint64_t source, offset, column;
    std::string why;
  };
  struct BadRows;
  struct Heading {
    char separator;
    std::size_t fields = 0;           // 0: the file has no line
    std::vector<std::size_t> places;  // by wanted column
  };
  [[nodiscard]] Heading heading_of(TextSource const& source, std::vector<std::string> const& names) const;
  class Rows;
  void look(Partition part, ReadRow read, base::FunctionRef<void(BadRow)> bad) const;
  [[nodiscard]] std::string problem_of(CsvLine const& line) const;
  [[noreturn]] void refuse(BadRow const& row, std::uint64_t count) const;

  TextInput input_;
  CsvRules rules_;
  std::vector<Heading> headings_;  // by source
};

}  // namespace pel::data
