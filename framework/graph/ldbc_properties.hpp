// What the .properties beside a graph say of a kernel's parameters.
#pragma once

#include <map>
#include <string>

namespace pel::graph {

// Parameters by the two last words of their names: "bfs.source-vertex", "pr.num-iterations". Empty where the graph has
// no such file. `source`: what --graph says. Throws: MissingInput if the file cannot be read.
// Example: "graph.wiki.bfs.source-vertex = 7" beside wiki.e, for "wiki" or "wiki.e.zst": {"bfs.source-vertex", "7"}.
[[nodiscard]] std::map<std::string, std::string> ldbc_properties(std::string const& source);

}  // namespace pel::graph
