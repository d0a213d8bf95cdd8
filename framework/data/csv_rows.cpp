#include "data/csv_rows.hpp"

#include <algorithm>

namespace pel::data {
namespace {

bool has_odd_quotes(std::string_view text) { return std::count(text.begin(), text.end(), '"') % 2 != 0; }

}  // namespace

bool CsvRows::next() {
  if (!line_.next()) return false;
  offset_ = line_.offset();
  text_ = line_.text();
  if (!has_odd_quotes(text_) || fields_.split(text_) || !fields_.is_open()) return true;
  joined_ = text_;
  for (bool open = true; open && joined_.size() <= longest_;) {
    auto const end = line_.offset() + line_.text().size();
    if (!line_.next()) break;
    joined_ += line_.offset() - end == 2 ? "\r\n" : "\n";
    joined_ += line_.text();
    open = !has_odd_quotes(line_.text());
  }
  text_ = joined_;
  return true;
}

}  // namespace pel::data
