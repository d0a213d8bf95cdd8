// What a kernel's write() gives: columns of the result.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/result_columns.hpp"
#include "pel/field_archives.hpp"
#include "pel/partition.hpp"

namespace pel {

// A result is columns; a column is one dataset over all partitions, in their order. In a text file a row is a line, its
// values separated by a blank. All partitions name the same columns; one may give them no rows.
class Output {
 public:
  // For the engine.
  Output(engine::ResultColumns& columns, Partition partition) : columns_(columns), partition_(partition) {}

  // From here on what partition 0 gives is the result: for values that are the same in all partitions.
  Output& once() {
    mine_ = partition_.index() == 0;
    return *this;
  }

  // From here on row r of a column is its value order[r]. Requires: a permutation of as many rows as columns have.
  // Example: out.in_order({2, 0, 1}).column("x", {7, 8, 9}) is 9, 7, 8.
  Output& in_order(std::vector<std::uint32_t> order) {
    order_ = std::move(order);
    return *this;
  }

  // A column of numbers (a range of arithmetic values, or of std::array of them) or of texts.
  // Example: out.column("vertex", ids).column("rank", ranks)
  template <std::ranges::input_range Values>
  Output& column(std::string name, Values const& values) {
    using Value = std::remove_cvref_t<std::ranges::range_value_t<Values>>;
    engine::Column made;
    made.name = std::move(name);
    if constexpr (std::convertible_to<Value, std::string_view>) {
      made.text = true;
      if (mine_)
        for (auto&& value : values) add_text(made, std::string_view(value));  // the range may make its texts as it goes
    } else {
      static_assert(archive::Row<Value>::typed, "pel: a column holds arithmetic values, std::array of them, or texts");
      made.type = archive::Row<Value>::type;
      made.row_shape = archive::Row<Value>::shape();
      if (mine_)
        for (Value const value : values) add_row(made, value);
    }
    if (!order_.empty() && mine_) made.reorder(order_);
    columns_.add(std::move(made));
    return *this;
  }

  // The pairs of a map or of another range of pairs: columns "key" and "value", so a line a pair.
  template <std::ranges::input_range Pairs>
  Output& lines(Pairs const& pairs) {
    using Pair = std::remove_cvref_t<std::ranges::range_value_t<Pairs>>;
    std::vector<std::remove_const_t<typename Pair::first_type>> keys;
    std::vector<typename Pair::second_type> values;
    for (auto const& [key, value] : pairs) {
      keys.push_back(key);
      values.push_back(value);
    }
    return column("key", keys).column("value", values);
  }

 private:
  static void add_text(engine::Column& column, std::string_view text) {
    auto const bytes = std::as_bytes(std::span(text));
    column.bytes.insert(column.bytes.end(), bytes.begin(), bytes.end());
    column.ends.push_back(column.bytes.size());
    ++column.rows;
  }
  template <class Value>
  static void add_row(engine::Column& column, Value const& value) {
    auto const at = column.bytes.size();
    column.bytes.resize(at + sizeof value);
    std::memcpy(column.bytes.data() + at, &value, sizeof value);
    ++column.rows;
  }

  engine::ResultColumns& columns_;
  Partition partition_;
  bool mine_ = true;
  std::vector<std::uint32_t> order_;  // empty: as they come
};

}  // namespace pel
