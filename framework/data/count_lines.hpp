// Results of lines "KEY COUNT", whose order is free.
#pragma once

#include "data/comparison.hpp"

namespace pel::data {

// Expects these lines, in any order, from any number of sources: a key, blanks or tabs, a whole number. Blank lines
// hold nothing. A key that comes twice in one of the two is one line more. Requires: sources held in memory. Throws:
// BadData with line and column for a line that is none; so does the expectation. Cost: O(n log n).
// Example: "of\t7\nthe\t9\n" and "the 9\nof 8\n": "of": expected 7 (golden.tsv:1), found 8 (out.txt:2).
[[nodiscard]] Expectation expect_counts(TextInput const& golden);

}  // namespace pel::data
