#include "data/csv_value.hpp"

namespace pel::data {
namespace {

std::string_view without_blanks(std::string_view field) noexcept {
  while (!field.empty() && (field.front() == ' ' || field.front() == '\t')) field.remove_prefix(1);
  while (!field.empty() && (field.back() == ' ' || field.back() == '\t')) field.remove_suffix(1);
  return field;
}

}  // namespace

bool refuse_value(std::string_view field, std::string const& what, std::string& problem) {
  constexpr std::size_t shown = 40;
  problem = "\"" + std::string(field.substr(0, shown)) + (field.size() > shown ? "…" : "") + "\" is " + what;
  return false;
}

std::string_view number_text(std::string_view field) noexcept {
  field = without_blanks(field);
  if (field.size() > 1 && field[0] == '+' && field[1] != '-') field.remove_prefix(1);
  return field;
}

bool read_truth(std::string_view field, bool& to, std::string& problem) {
  auto const text = without_blanks(field);
  to = text == "true" || text == "1";
  return to || text == "false" || text == "0" || refuse_value(field, "neither true nor false", problem);
}

void write_text(std::string_view text, CsvStyle style, TextOut& out) {
  char const special[] = {'"', '\r', '\n', style.separator};
  bool const plain = text.find_first_of({special, sizeof special}) == std::string_view::npos;
  if (plain && !(style.one_column && without_blanks(text).empty())) {
    out << text;
    return;
  }
  out << '"';
  for (auto const letter : text) {
    if (letter == '"') out << '"';
    out << letter;
  }
  out << '"';
}

}  // namespace pel::data
