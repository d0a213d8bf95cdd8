#include "graph/edge_problem.hpp"

#include <charconv>
#include <cstddef>
#include <system_error>

namespace pel::graph {
namespace {

constexpr char const* decimal_digits = "0123456789";

bool is_number(std::string_view text) { return !text.empty() && text.find_first_not_of(decimal_digits) == text.npos; }

}  // namespace

std::string shown(std::string_view column) {
  constexpr std::size_t most = 40;
  constexpr std::string_view hex = "0123456789abcdef";
  std::string text = "\"";
  for (char const c : column.substr(0, most)) {
    auto const byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7F)
      text += c;
    else
      (text += "\\x").append({hex[byte >> 4], hex[byte & 15]});
  }
  return text + (column.size() > most ? "...\"" : "\"");
}

std::string problem_of_id(std::string_view column, bool target, std::uint64_t least, std::uint64_t most) {
  if (column.empty())
    return target ? "the line ends here: expected a second vertex number" : "expected a vertex number";
  if (column.front() == '-' && is_number(column.substr(1))) return shown(column) + ": a vertex number is not negative";
  if (!is_number(column)) return shown(column) + ": expected a vertex number";
  std::uint64_t value = 0;
  auto const error = std::from_chars(column.data(), column.data() + column.size(), value).ec;
  if (error == std::errc() && value < least)
    return shown(column) + ": a vertex number is at least " + std::to_string(least);
  return shown(column) + ": a vertex number is at most " + std::to_string(most);
}

std::string problem_of_weight(std::string_view column) {
  if (column.empty()) return "the line ends here: expected a weight";
  if (column.front() == '-') return shown(column) + ": a weight is not negative";
  return shown(column) + ": expected a weight, a finite number from 0";
}

}  // namespace pel::graph
