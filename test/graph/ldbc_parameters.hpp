// What LDBC's .properties beside a graph say, by name, as test cases hand it on.
#pragma once

#include <map>
#include <string>

#include "graph/graph_files.hpp"

namespace pel::test {

// "bfs.source-vertex", "pr.num-iterations" …, and "directed" where the graph is.
inline std::map<std::string, std::string> ldbc_parameters(std::string const& graph) {
  std::map<std::string, std::string> found;
  auto const properties = graph::LdbcProperties::read(graph + ".properties");
  auto const& defaults = properties.defaults;
  if (properties.directed == true) found["directed"] = "true";
  if (defaults.bfs_source) found["bfs.source-vertex"] = *defaults.bfs_source;
  if (defaults.sssp_source) found["sssp.source-vertex"] = *defaults.sssp_source;
  if (defaults.pagerank_iterations) found["pr.num-iterations"] = std::to_string(*defaults.pagerank_iterations);
  if (defaults.damping) found["pr.damping-factor"] = std::to_string(*defaults.damping);
  if (defaults.cdlp_iterations) found["cdlp.max-iterations"] = std::to_string(*defaults.cdlp_iterations);
  return found;
}

}  // namespace pel::test
