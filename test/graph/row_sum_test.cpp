#include "graph/row_sum.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

using pel::graph::prefetch_distance;
using pel::graph::row_sum;

namespace {

// The definition: term i to accumulator i mod 4.
double plain(std::span<std::uint32_t const> row, double const* values) {
  std::array<double, 4> sums{};
  for (std::size_t i = 0; i < row.size(); ++i) sums[i % 4] += values[row[i]];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

}  // namespace

TEST_CASE("a row's sum has the bits of its definition, with and without asking for values beforehand") {
  std::vector<double> values(97);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = 1.0 / static_cast<double>(3 + 7 * i);
  std::vector<std::uint32_t> slots(41 + prefetch_distance);
  for (std::size_t i = 0; i < slots.size(); ++i) slots[i] = static_cast<std::uint32_t>(i * 31 % values.size());
  for (std::size_t length = 0; length <= 41; ++length) {
    CAPTURE(length);
    auto const row = std::span<std::uint32_t const>(slots).first(length);
    CHECK(row_sum<false>(row, values.data()) == plain(row, values.data()));
    CHECK(row_sum<true>(row, values.data()) == plain(row, values.data()));
  }
}
