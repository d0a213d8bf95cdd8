// The files that a graph's name stands for.
#pragma once

#include <optional>
#include <string>

#include "graph/ldbc_properties.hpp"

namespace pel::graph {

struct GraphFiles {
  std::string edges;                    // the path of the edge list, packed or not
  std::optional<std::string> vertices;  // of the list of vertices, where there is one
  std::optional<LdbcProperties> properties;
};

// What the name says: an edge list; one that ends in .e (or .e.gz, .e.zst), with the .v and .properties beside it; what
// such names begin with; or a .properties, which may name its files. Throws: MissingInput if there is no edge list;
// BadData for properties that cannot be read.
// Example: beside wiki.e.zst, wiki.v.zst and wiki.properties, the names "wiki" and "wiki.e.zst" both mean all three.
[[nodiscard]] GraphFiles find_graph_files(std::string const& name);

}  // namespace pel::graph
