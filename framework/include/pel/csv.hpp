// Comma-separated values: typed columns by name.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "data/read_csv.hpp"
#include "data/write_csv.hpp"
#include "pel/dataset.hpp"

namespace pel {

using data::CsvRules;

// The rows of CSV files (also .gz, .zst, .tsv; files, directories, globs), in order: of each the columns that are asked
// for, by the names in the first line of each file, read into members of a Row: a plain structure, an Entry, a number
// or a text. Members that no column fills keep their default. Quotes as RFC 4180 has them; a line end in them only with
// CsvRules{.multiline = true}, for which each file goes to one partition. Tabs separate columns of .tsv files. Lines of
// blanks alone, CRLF and a byte order mark are passed over. Collective: all ranks. Throws: on all of them:
// MissingInput; BadData where a column is missing, and, in the superstep that reads, with line and column for a row of
// more or fewer fields, and a field that is no number of the member's type, or not finite. --max-bad N, or
// CsvRules{.max_bad = n}: up to n such rows are left out, and the log tells the first ten; costs a pass more. Example:
// struct Trade { std::int64_t id; double price; std::array<char, 8> place; };
//   pel::read_csv<Trade>(job, names, pel::column("id", &Trade::id), pel::column("price", &Trade::price, 0.0))
//   pel::read_csv<pel::Entry<std::string, double>>(job, names, pel::column("name", pel::key_of), …)
template <class Row, class... Columns>
[[nodiscard]] Dataset<Row> read_csv(Job& job, std::vector<std::string> const& names, CsvRules rules,
                                    Columns... columns) {
  static_assert(sizeof...(Columns) > 0, "pel: read_csv reads columns: pel::column(\"name\", &Row::member)");
  auto const input = open_text(job, names);
  auto const flow = flow_of(job);
  std::shared_ptr<data::Node<Row>> node;
  flow->open("csv", [&] {
    data::CsvReader reader(input, {columns.name...}, rules);
    node = std::make_shared<data::CsvNode<Row, Columns...>>(
        flow, std::move(reader), rules.max_bad.value_or(job.core().max_bad()), std::move(columns)...);
  });
  return Dataset<Row>(std::move(node));
}
template <class Row, class Member, class Missing, class... Columns>
[[nodiscard]] Dataset<Row> read_csv(Job& job, std::vector<std::string> const& names,
                                    data::CsvColumn<Member, Missing> first, Columns... columns) {
  return read_csv<Row>(job, names, CsvRules(), std::move(first), std::move(columns)...);
}

// Writes rows as CSV, a line of names before them: in order, once for each path, a file, a packed one or parts as
// Stream::write_lines() says; each part has the line of names. Texts are in quotes where they need them, so that
// read_csv reads the same again: with CsvRules{.multiline = true} where they hold line ends. Tabs separate columns of
// .tsv files. Returns how many rows there are. Collective: all ranks. Throws: as write_lines(); UsageError where .tsv
// files and others are mixed. Example: pel::write_csv(trades, job.output(), pel::column("id", &Trade::id))
template <class Run, class... Columns>
std::uint64_t write_csv(Stream<Run> rows, std::vector<std::string> const& paths, Columns const&... columns) {
  return data::write_csv(std::move(rows).run(), paths, columns...);
}

}  // namespace pel
