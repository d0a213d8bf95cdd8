#include "data/csv_reader.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/nearest.hpp"
#include "data/byte_range.hpp"
#include "data/csv_rows.hpp"
#include "data/line_cursor.hpp"
#include "data/placed_lines.hpp"

namespace pel::data {
namespace {

constexpr std::size_t most_told = 10;  // names

bool is_blank(std::string_view line, char separator) noexcept {
  return line.find_first_not_of(separator == '\t' ? " " : " \t") == std::string_view::npos;
}

std::string list_of(std::vector<std::string> const& names) {
  std::string list;
  for (std::size_t i = 0; i < names.size() && i < most_told; ++i) list += (i == 0 ? "" : ", ") + names[i];
  return names.size() > most_told ? list + ", …" : list;
}

}  // namespace

CsvReader::CsvReader(TextInput input, std::vector<std::string> const& names, CsvRules rules)
    : input_(std::move(input)), rules_(rules) {
  for (auto const& source : input_.sources()) headings_.push_back(heading_of(source, names));
}

CsvReader::Heading CsvReader::heading_of(TextSource const& source, std::vector<std::string> const& names) const {
  Heading heading{csv_separator(source.name), 0, {}};
  LineCursor line(source, 0);
  if (!line.next()) return heading;
  CsvLine fields(heading.separator);
  std::string first(line.text());
  if (rules_.multiline) {
    CsvRows rows(source);
    if (rows.next()) first = rows.text();
  }
  if (!fields.split(first)) line.refuse(fields.problem_column(), problem_of(fields));
  heading.fields = fields.size();
  std::vector<std::string> there;
  for (std::size_t i = 0; i < fields.size(); ++i) there.emplace_back(fields[i]);
  for (auto const& name : names) {
    auto const at = std::find(there.begin(), there.end(), name);
    if (at == there.end()) {
      auto const near = base::nearest(name, there);
      line.refuse(1, "no column is called " + name + (near.empty() ? "" : " (is it " + near + "?)") +
                         "; the first line has " + list_of(there));
    }
    heading.places.push_back(static_cast<std::size_t>(at - there.begin()));
    if (auto const again = std::find(at + 1, there.end(), name); again != there.end())
      line.refuse(fields.column(static_cast<std::size_t>(again - there.begin())), "a second column called " + name);
  }
  return heading;
}

// Reads the rows of a partition, and tells those that make no sense.
class CsvReader::Rows {
 public:
  Rows(CsvReader const& reader, ReadRow read, base::FunctionRef<void(BadLine)> bad)
      : reader_(reader), read_(read), bad_(bad) {}

  // A row that is not the first of its source.
  void look(std::size_t source, std::string_view row, std::uint64_t offset) {
    auto const& heading = reader_.headings_[source];
    if (std::exchange(source_, source) != source) fields_ = CsvLine(heading.separator);
    if (is_blank(row, heading.separator)) return;
    auto const refuse = [&](std::size_t column, std::string why) {
      auto const line = row.substr(0, column - 1).rfind('\n') + 1;  // the one that it stands in
      bad_({static_cast<std::uint32_t>(source), offset + line, static_cast<std::uint32_t>(column - line),
            std::move(why)});
    };
    if (!fields_.split(row)) return refuse(fields_.problem_column(), reader_.problem_of(fields_));
    if (fields_.size() != heading.fields)
      return refuse(fields_.size() > heading.fields ? fields_.column(heading.fields) : row.size() + 1,
                    std::to_string(fields_.size()) + " fields, the first line has " + std::to_string(heading.fields));
    if (auto problem = read_(fields_, heading.places)) refuse(fields_.column(problem->field), std::move(problem->why));
  }

 private:
  CsvReader const& reader_;
  ReadRow read_;
  base::FunctionRef<void(BadLine)> bad_;
  std::size_t source_ = SIZE_MAX;
  CsvLine fields_;
};

std::string CsvReader::problem_of(CsvLine const& line) const {
  if (!line.is_open()) return line.problem();
  return line.problem() + (rules_.multiline
                               ? " before the file ends, or in as many bytes as --max-line allows"
                               : " in its line; where texts hold line ends, the program must read them with "
                                 "CsvRules{.multiline = true}");
}

void CsvReader::for_each_row(Partition part, ReadRow read, base::FunctionRef<void(BadLine)> bad) const {
  Rows rows(*this, read, bad);
  auto const& sources = input_.sources();
  if (!rules_.multiline) {
    for_each_line(
        input_, part,
        [&](PlacedLine const& line) {
          if (!line.first) rows.look(static_cast<std::size_t>(&line.source - sources.data()), line.text, line.offset);
        },
        [] {});
    return;
  }
  auto const share = share_of(input_.size(), part.index(), part.count);
  std::uint64_t begin = 0;
  for (std::size_t i = 0; i < sources.size(); begin += sources[i++].size) {
    if (begin < share.begin || begin >= share.end) continue;
    CsvRows file(sources[i]);
    if (!file.next()) continue;  // the names
    while (file.next()) rows.look(i, file.text(), file.offset());
  }
}

}  // namespace pel::data
