// Opens the graph a job asks for, the same on all ranks.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "graph/rank_graph.hpp"

namespace pel::engine {
class JobCore;
}

namespace pel::graph {

// What the command line says of the graph.
struct GraphOptions {
  std::string spec = "debian:";
  std::optional<bool> directed;
  bool weights = false, names = false;
  std::string cache;         // where the graph is to be written for later, or empty
  bool check_cache = false;  // whether a graph that was written so is to be held against its input
};

// Declares and reads --graph, --directed, --undirected, --weighted, --names, --write-graph-cache and
// --check-graph-cache. A kernel that needs weights sets GraphOptions::weights itself. Throws: UsageError.
[[nodiscard]] GraphOptions take_graph_options(engine::JobCore& job);

// Loads the graph. `debian:` on a machine that knows fewer than 1,000 packages becomes rmat:scale=16,seed=1, and the
// log says so. The job's input digest gets the content and the direction in use, whether that was said on the command
// line or in the input. Collective: all ranks. Throws: see load(); BadData if a file is of another size on another
// rank, or changes while it is read.
[[nodiscard]] std::shared_ptr<RankGraph const> open_graph(engine::JobCore& job, GraphOptions options,
                                                          GraphNeeds const& needs);

}  // namespace pel::graph
