#include "data/number_line.hpp"

#include <charconv>
#include <cmath>
#include <system_error>

namespace pel::data {
namespace {

bool is_blank(char letter) noexcept { return letter == ' ' || letter == '\t'; }

bool is_name(std::string_view field) {
  auto const begin = field.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return false;
  field.remove_prefix(begin);
  field = field.substr(0, field.find_last_not_of(" \t") + 1);
  auto const first = field.front();
  double number = 0;
  auto const* const last = field.data() + field.size();
  return ((first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z') || first == '_' || first == '"') &&
         std::from_chars(field.data(), last, number).ptr != last;
}

}  // namespace

bool NumberLine::refuse(std::string_view field, std::string const& expected) {
  constexpr std::size_t shown = 40;
  problem_ = "\"" + std::string(field.substr(0, shown)) + (field.size() > shown ? "…" : "") + "\" is " + expected;
  return false;
}

bool NumberLine::next(double& number) {
  if (over_ || bad()) return false;
  field_ = at_;
  auto const comma = line_.find(',', at_);
  auto field = line_.substr(at_, comma == std::string_view::npos ? comma : comma - at_);
  over_ = comma == std::string_view::npos;
  at_ = over_ ? line_.size() : comma + 1;
  while (!field.empty() && is_blank(field.front())) {
    field.remove_prefix(1);
    ++field_;
  }
  while (!field.empty() && is_blank(field.back())) field.remove_suffix(1);
  if (field.empty()) return refuse(field, "no number");
  auto const* first = field.data();
  auto const* const last = first + field.size();
  if (*first == '+' && last - first > 1 && first[1] != '-') ++first;
  auto const [end, error] = std::from_chars(first, last, number);
  if (error == std::errc::result_out_of_range) return refuse(field, "beyond what a double holds");
  if (error != std::errc{} || end != last) return refuse(field, "no number");
  if (!std::isfinite(number)) return refuse(field, "not finite");
  return true;
}

bool is_heading(std::string_view line) {
  for (;;) {
    auto const comma = line.find(',');
    if (!is_name(line.substr(0, comma))) return false;
    if (comma == std::string_view::npos) return true;
    line.remove_prefix(comma + 1);
  }
}

}  // namespace pel::data
