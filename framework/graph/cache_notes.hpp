// What a graph cache tells of its input beside the graph, as the text of one column.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "graph/edge_input.hpp"

namespace pel::graph {

// Where a cached graph comes from.
struct CacheOrigin {
  std::string spec;                                          // of its input, absolute where that is files
  std::vector<std::pair<std::string, std::uint64_t>> files;  // absolute paths, and bytes when they were read

  [[nodiscard]] static CacheOrigin of(EdgeInput const& input);

  // A cache may outlive its input: files that are gone are none of its business. Throws: BadData if one that is there
  // has another size than it had. `cache`: the file that tells so, for the message.
  void check_sizes(std::string const& cache) const;
};

struct CacheNotes {
  KernelDefaults defaults;  // so that a job on the cache does what one on the input does
  CacheOrigin origin{};
  std::uint64_t left_out = 0;  // bad lines of the input
};

// The XXH3-64 of what follows, then a line of a word and a value in quotes for each thing that there is to tell.
// A file is two values: its bytes and its path. Example: "1234567890\nbfs-source \"4\"\niterations \"3\"\n", here with
// another sum.
[[nodiscard]] std::string text_of(CacheNotes const& notes);

// Nothing if the text is not one that text_of() gave.
[[nodiscard]] std::optional<CacheNotes> notes_in(std::string const& text);

}  // namespace pel::graph
