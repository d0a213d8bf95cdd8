// The lines of a partition, with where they lie.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/function_ref.hpp"
#include "data/text_input.hpp"
#include "pel/error.hpp"
#include "pel/partition.hpp"

namespace pel::data {

// A line, without its end, the offset of its first byte in its source, and whether it is the first there.
struct PlacedLine {
  TextSource const& source;
  std::string_view text;
  std::uint64_t offset;
  bool first;

  // Refuses the line. `column`: in bytes, from 1. Throws: BadData.
  [[noreturn]] void refuse(std::size_t column, std::string const& problem) const { throw refused(column, problem); }
  [[nodiscard]] BadData refused(std::size_t column, std::string const& problem) const;
};

// Shows the lines that start in the partition's share (see Lines), in order. `end_of_block`: what was shown since the
// last one becomes invalid when it returns.
void for_each_line(TextInput const& input, Partition part, base::FunctionRef<void(PlacedLine const&)> line,
                   base::FunctionRef<void()> end_of_block);

}  // namespace pel::data
