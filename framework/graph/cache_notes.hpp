// What a graph cache tells of its input beside the graph, as the text of one column.
#pragma once

#include <optional>
#include <string>

#include "graph/edge_input.hpp"

namespace pel::graph {

struct CacheNotes {
  KernelDefaults defaults;  // so that a job on the cache does what one on the input does
};

// The XXH3-64 of what follows, then a line of a word and a value in quotes for each thing that there is to tell.
// Example: "1234567890\nbfs-source \"4\"\niterations \"3\"\n", here with another sum.
[[nodiscard]] std::string text_of(CacheNotes const& notes);

// Nothing if the text is not one that text_of() gave.
[[nodiscard]] std::optional<CacheNotes> notes_in(std::string const& text);

}  // namespace pel::graph
