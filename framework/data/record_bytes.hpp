// Results of records of one size.
#pragma once

#include <cstddef>

#include "data/comparison.hpp"

namespace pel::data {

// Expects these records, byte for byte and in this order, whatever files they lie in. Requires: record_bytes > 0;
// sources held in memory. Throws: BadData for a source that is no whole number of records; so does the expectation.
// Example: record 17, from its byte 3 on: expected 4a 00 …, found 4b 00 …
[[nodiscard]] Expectation expect_records(TextInput const& golden, std::size_t record_bytes);

}  // namespace pel::data
