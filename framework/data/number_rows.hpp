// Results of rows of numbers.
#pragma once

#include "data/comparison.hpp"

namespace pel::data {

// Expects these rows, in this order, a line each: numbers between commas, blanks or tabs. Blank lines hold nothing, nor
// do names of columns in the first line of a source. Two numbers agree where |expected - found| <= within * the largest
// |expected| of their column; infinity agrees with itself, and what is no number (nan) with nothing. Requires: sources
// held in memory. Throws: BadData with line and column for what cannot be read as a number; so does the expectation.
// Example, within 0.01: "1,200\n-5,0\n" and "1.04,200\n-5,3\n": row 2, number 2: expected 0 (golden.csv:2), found 3
// (out.csv:2).
[[nodiscard]] Expectation expect_numbers(TextInput const& golden, double within);

}  // namespace pel::data
