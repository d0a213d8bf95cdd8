// The .properties beside an LDBC Graphalytics graph.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/digest.hpp"
#include "graph/edge_input.hpp"

namespace pel::graph {

// A number, and the line that says it.
struct Promise {
  std::uint64_t number = 0;
  std::int64_t line = 0;
};

// Keys are read with or without "graph.NAME." before them; what is not known is passed over.
struct LdbcProperties {
  std::string path;
  std::optional<bool> directed;
  std::optional<Promise> vertices, edges;             // meta.vertices, meta.edges
  std::optional<std::string> vertex_file, edge_file;  // beside the .properties
  // Columns between target and weight, if edge-properties.names has sssp.weight-property, or has any.
  std::optional<std::uint32_t> between;
  KernelDefaults defaults;

  // Throws: MissingInput; BadData for a value that cannot be read, with its line.
  // Example: "graph.g.directed = true" gives directed; "meta.edges = many" is refused.
  [[nodiscard]] static LdbcProperties read(std::string const& path);
};

// The same lines with weights from another column are another graph: adds which column it is, but for the first.
void add_weight_column(std::optional<LdbcProperties> const& properties, base::DigestStream& digest);

}  // namespace pel::graph
