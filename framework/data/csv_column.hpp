// Columns of CSV: a name, and where its values go in an element.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "data/csv_value.hpp"

namespace pel::data {

// Member: a pointer to a member, or a function that gives a reference to it. `missing`: stands in for an empty field.
template <class Member, class Missing = std::nullptr_t>
struct CsvColumn {
  std::string name;
  Member member;
  Missing missing{};

  // Reads a field into a row. False: problem says why it cannot.
  template <class Row>
  [[nodiscard]] bool read(std::string_view field, Row& row, std::string& problem) const {
    auto& value = std::invoke(member, row);
    static_assert(CsvValue<std::remove_cvref_t<decltype(value)>>,
                  "pel: a column of CSV holds numbers, bools, texts or std::array<char, n>");
    if constexpr (!std::is_same_v<Missing, std::nullptr_t>)
      if (field.empty()) {
        value = missing;
        return true;
      }
    return read_value(field, value, problem);
  }
};

}  // namespace pel::data

namespace pel {

// A column called `name` of the rows that read_csv makes and write_csv writes.
// Example: pel::column("price", &Trade::price); with 0.0 as a third argument an empty field is 0, else it is refused.
template <class Member>
[[nodiscard]] data::CsvColumn<Member> column(std::string name, Member member) {
  return {std::move(name), std::move(member)};
}
template <class Member, class Missing>
[[nodiscard]] data::CsvColumn<Member, Missing> column(std::string name, Member member, Missing missing) {
  return {std::move(name), std::move(member), std::move(missing)};
}

// Members of columns for rows that are entries, whose texts functions see as views.
inline constexpr auto key_of = [](auto& entry) -> auto& { return entry.key; };
inline constexpr auto value_of = [](auto& entry) -> auto& { return entry.value; };

}  // namespace pel
