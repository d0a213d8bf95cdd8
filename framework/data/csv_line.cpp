#include "data/csv_line.hpp"

#include <algorithm>

#include "store/result_name.hpp"

namespace pel::data {

char csv_separator(std::string_view name) noexcept {
  name = name.substr(0, name.find_last_not_of('/') + 1);  // of a directory of parts
  return store::without_packing(name).ends_with(".tsv") ? '\t' : ',';
}

bool CsvLine::split(std::string_view line) {
  fields_.clear();
  problem_.clear();
  open_ = false;
  if (line.find('"') != std::string_view::npos) return split_quoted(line);
  split_plain(line);
  return true;
}

void CsvLine::split_plain(std::string_view line) {
  for (std::size_t at = 0;;) {
    auto const end = std::min(line.find(separator_, at), line.size());
    fields_.push_back({line.substr(at, end - at), at});
    if (end == line.size()) return;
    at = end + 1;
  }
}

bool CsvLine::refuse(std::size_t at, char const* problem) {
  problem_ = problem;
  problem_at_ = at;
  return false;
}

bool CsvLine::split_quoted(std::string_view line) {
  unquoted_.clear();
  unquoted_.reserve(line.size());  // views of it stay valid
  for (std::size_t at = 0;;) {
    auto end = at;
    if (at < line.size() && line[at] == '"') {
      end = take_quoted(line, at);
      open_ = end == std::string_view::npos;
      if (open_) return refuse(at, "a quote that is not closed");
      if (end < line.size() && line[end] != separator_) return refuse(end, "a field goes on behind its closing quote");
    } else {
      end = std::min(line.find(separator_, at), line.size());
      auto const field = line.substr(at, end - at);
      if (auto const quote = field.find('"'); quote != std::string_view::npos)
        return refuse(at + quote, "a quote in a field that does not begin with one");
      fields_.push_back({field, at});
    }
    if (end >= line.size()) return true;
    at = end + 1;
  }
}

// Adds the field whose quote is at `at`; returns what is behind its closing quote, or npos.
std::size_t CsvLine::take_quoted(std::string_view line, std::size_t at) {
  auto const begin = unquoted_.size();
  for (auto from = at + 1;;) {
    auto const quote = line.find('"', from);
    if (quote == std::string_view::npos) return quote;
    unquoted_.append(line.substr(from, quote - from));
    if (quote + 1 == line.size() || line[quote + 1] != '"') {
      fields_.push_back({std::string_view(unquoted_).substr(begin), at});
      return quote + 1;
    }
    unquoted_.push_back('"');
    from = quote + 2;
  }
}

}  // namespace pel::data
