// What is wrong with a column of an edge list, in words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pel::graph {

// The column in quotes, as a message shows it: not too long, without bytes that a terminal would act on.
[[nodiscard]] std::string shown(std::string_view column);

// `column`: its text, empty if the line ends before it. Ids are right from `least` to `most`.
[[nodiscard]] std::string problem_of_id(std::string_view column, bool target, std::uint64_t least, std::uint64_t most);
[[nodiscard]] std::string problem_of_weight(std::string_view column);

}  // namespace pel::graph
