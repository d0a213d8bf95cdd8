// Writes a dataset as comma-separated values, in the order of its partitions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "data/csv_column.hpp"
#include "data/text_file.hpp"
#include "data/text_out.hpp"

namespace pel::data {

// A line of names, in each file, then a line a row. Returns how many rows there are.
template <class Source, class... Columns>
std::uint64_t write_csv(Source source, std::vector<std::string> const& paths, Columns const&... columns) {
  auto& flow = *source.flow();
  std::size_t before = 0;  // columns of the line
  TextOut names;
  ((names << (before++ == 0 ? "" : ","), write_text(columns.name, names)), ...);
  names << '\n';
  TextFile file(flow, ".csv", names.take());
  source.prepare();
  flow.superstep(
      "write_csv",
      [&](Step& step) {
        TextOut out;
        std::uint64_t rows = 0;
        source.run(step, [&](auto const& row) {
          std::size_t at = 0;
          ((out << (at++ == 0 ? "" : ","), write_value(std::invoke(columns.member, row), out)), ...);
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
