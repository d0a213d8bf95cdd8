// The graphs of PEL_DATA with what is known of them.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "graph_apps.hpp"

namespace pel::test {

struct GraphCase {
  std::string name;   // of the case
  std::string graph;  // what --graph says
  bool directed = true;
  std::string goldens;                            // what the names of goldens begin with; the ending says of which app
  std::string only;                               // the app this graph is for; empty: all
  std::string source;                             // empty: as the properties beside the graph say
  std::map<std::string, std::string> properties;  // of LDBC, where they do not stand beside the graph
  std::string tolerance = "1e-9";
  bool keep = false;  // the result is written where the script looks for it
};

// The folder of the data sets; none: they are not there.
[[nodiscard]] std::optional<std::filesystem::path> data_folder();

// All cases, in an order of their own. What has to be written is written to `scratch` by whoever `writes`.
[[nodiscard]] std::vector<GraphCase> graph_cases(std::filesystem::path const& data,
                                                 std::filesystem::path const& scratch, bool writes);

// The golden of a case for an app, or none.
[[nodiscard]] std::optional<std::string> golden_of(GraphCase const& graph, GraphApp const& app);

// The command line of an app for a case, without --verify.
[[nodiscard]] Words words_for(GraphCase const& graph, GraphApp const& app);

}  // namespace pel::test
