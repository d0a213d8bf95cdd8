// Opens the graph a job asks for, the same on all ranks.
#pragma once

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
  std::string spec;
  std::optional<bool> directed;
};

// Declares and reads --graph, --directed and --undirected. Throws: UsageError.
[[nodiscard]] GraphOptions take_graph_options(engine::JobCore& job);

// Loads the graph. `debian:` on a machine that knows fewer than 1,000 packages becomes rmat:scale=16,seed=1, and the
// log says so. Collective: all ranks. Throws: see load().
[[nodiscard]] std::shared_ptr<RankGraph const> open_graph(engine::JobCore& job, GraphOptions const& options);

}  // namespace pel::graph
