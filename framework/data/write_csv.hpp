// Writes a dataset as comma-separated values, in the order of its partitions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "data/csv_column.hpp"
#include "data/csv_line.hpp"
#include "data/text_file.hpp"
#include "data/text_out.hpp"
#include "pel/error.hpp"

namespace pel::data {

// What separates fields in files of these names, as for reading. Throws: UsageError where they do not agree.
[[nodiscard]] inline char csv_separator(std::vector<std::string> const& paths) {
  auto const separator = paths.empty() ? ',' : csv_separator(paths.front());
  for (auto const& path : paths)
    if (csv_separator(path) != separator)
      throw UsageError("--output",
                       paths.front() + " and " + path + ": tabs separate columns in one, commas in the other");
  return separator;
}

// A line of names, in each file, then a line a row. Returns how many rows there are.
template <class Source, class... Columns>
std::uint64_t write_csv(Source source, std::vector<std::string> const& paths, Columns const&... columns) {
  auto& flow = *source.flow();
  CsvStyle const style{csv_separator(paths), sizeof...(columns) == 1};
  std::string_view const separator(&style.separator, 1);
  std::size_t before = 0;  // columns of the line
  TextOut names;
  ((names << (before++ == 0 ? "" : separator), write_text(columns.name, style, names)), ...);
  names << '\n';
  TextFile file(flow, paths, style.separator == ',' ? ".csv" : ".tsv", names.take());
  source.prepare();
  flow.superstep(
      "write_csv",
      [&](Step& step) {
        TextOut out;
        std::uint64_t rows = 0;
        source.run(step, [&](auto const& row) {
          std::size_t at = 0;
          ((out << (at++ == 0 ? "" : separator), write_value(std::invoke(columns.member, row), style, out)), ...);
          out << '\n';
          ++rows;
          if (out.text().size() >= TextFile::piece_bytes) file.add(step, out.take());
        });
        file.take(step, out.take(), rows);
      },
      [&](Contributions all) { file.learn(all); }, source.passing());
  for (auto const& path : paths) file.write(path);
  return file.elements();
}

}  // namespace pel::data
