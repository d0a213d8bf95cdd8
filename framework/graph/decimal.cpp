#include "graph/decimal.hpp"

#include <limits>
#include <system_error>

namespace pel::graph {
namespace {

// Of a number whose double would be 0 or infinite: which. What counts is where its first digit stands.
double limit_of(char const* first, char const* last) {
  std::int64_t magnitude = 0;  // of the first digit that is not 0
  bool behind_point = false, found = false;
  char const* p = first;
  for (; p < last && *p != 'e' && *p != 'E'; ++p) {
    if (*p == '.') {
      behind_point = true;
      continue;
    }
    found = found || *p != '0';
    if (found && !behind_point) ++magnitude;
    if (!found && behind_point) --magnitude;
  }
  std::int64_t exponent = 0;
  if (p < last) {
    ++p;
    bool const negative = *p == '-';
    if (*p == '-' || *p == '+') ++p;
    constexpr std::int64_t enough = std::int64_t{1} << 40;  // more than any text has digits
    for (; p < last && exponent < enough; ++p) exponent = exponent * 10 + digit_of(*p);
    if (negative) exponent = -exponent;
  }
  return found && magnitude + exponent > 0 ? std::numeric_limits<double>::infinity() : 0;
}

}  // namespace

bool read_odd_decimal(char const*& p, char const* end, double& value) {
  char const* first = p;
  if (first < end && *first == '+') {
    ++first;
    if (first < end && *first == '-') return false;
  }
  auto const [last, error] = std::from_chars(first, end, value);
  if (error == std::errc::invalid_argument) return false;
  if (error == std::errc::result_out_of_range) {
    bool const negative = *first == '-';
    value = limit_of(first + (negative ? 1 : 0), last);
    if (negative) value = -value;
  }
  p = last;
  return true;
}

}  // namespace pel::graph
