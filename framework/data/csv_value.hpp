// Values of fields of CSV: numbers, truth, texts; as they are read and written.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>

#include "base/element_type.hpp"
#include "data/text_out.hpp"

namespace pel::data {

// A text of at most so many bytes, filled up with zeros: for plain structures.
template <class T>
inline constexpr bool is_short_text = false;
template <std::size_t n>
inline constexpr bool is_short_text<std::array<char, n>> = true;

template <class T>
concept CsvValue = (base::Element<T> && !std::same_as<T, char>) || std::same_as<T, std::string> || is_short_text<T>;

// `"TEXT" is WHAT`, of which not more than the first bytes are shown. Returns false.
bool refuse_value(std::string_view field, std::string const& what, std::string& problem);
// Without blanks around it, and without a plus sign.
[[nodiscard]] std::string_view number_text(std::string_view field) noexcept;
bool read_truth(std::string_view field, bool& to, std::string& problem);

// Reads a field: a number that takes all of it but blanks around, exactly rounded, whatever the locale; true, false, 1
// or 0; a text as it is. False: problem says why it is none.
template <CsvValue T>
[[nodiscard]] bool read_value(std::string_view field, T& to, std::string& problem) {
  if constexpr (std::same_as<T, std::string>) {
    to.assign(field);
    return true;
  } else if constexpr (is_short_text<T>) {
    if (field.size() > to.size())
      return refuse_value(field, "longer than " + std::to_string(to.size()) + " bytes", problem);
    to.fill('\0');
    std::copy(field.begin(), field.end(), to.begin());
    return true;
  } else if constexpr (std::same_as<T, bool>) {
    return read_truth(field, to, problem);
  } else {
    auto const text = number_text(field);
    auto const* const last = text.data() + text.size();
    auto const [end, error] = std::from_chars(text.data(), last, to);
    if (error == std::errc::result_out_of_range)
      return refuse_value(field, std::string("beyond what ") + base::name_of(base::element_type<T>()) + " holds",
                          problem);
    if (error != std::errc{} || end != last)
      return refuse_value(field, std::integral<T> ? "no whole number" : "no number", problem);
    if constexpr (std::floating_point<T>)
      if (!std::isfinite(to)) return refuse_value(field, "not finite", problem);
    return true;
  }
}

// How rows are written.
struct CsvStyle {
  char separator = ',';
  bool one_column = false;  // then a blank text needs quotes: a blank line is no row
};

// A text in quotes where it needs them.
void write_text(std::string_view text, CsvStyle style, TextOut& out);

template <class T>
void write_value(T const& value, CsvStyle style, TextOut& out) {
  if constexpr (std::same_as<T, std::string> || std::same_as<T, std::string_view>) {
    write_text(value, style, out);
  } else if constexpr (is_short_text<T>) {
    write_text({value.data(), static_cast<std::size_t>(std::find(value.begin(), value.end(), '\0') - value.begin())},
               style, out);
  } else {
    static_assert(CsvValue<T>, "pel: a column of CSV holds numbers, bools, texts or std::array<char, n>");
    if constexpr (std::same_as<T, bool>)
      out << (value ? "true" : "false");
    else
      out << value;
  }
}

}  // namespace pel::data
