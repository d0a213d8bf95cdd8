#include "graph/open_graph.hpp"

#include <fmt/core.h>

#include <utility>

#include "data/open_text.hpp"
#include "engine/job_core.hpp"
#include "engine/world.hpp"
#include "pel/error.hpp"

namespace pel::graph {
namespace {
constexpr char const* fallback_graph = "rmat:scale=16,seed=1";
}

GraphOptions take_graph_options(engine::JobCore& job) {
  auto const graph = job.take(
      {.name = "graph",
       .value = "GRAPH",
       .fallback = "debian:",
       .help = "an edge list or LDBC prefix (each also as .zst), rmat:scale=16,seed=1, or debian:, the packages of "
               "this machine and what they depend on",
       .positional = true},
      false);
  bool const directed = !job.take({.name = "directed", .help = "an edge is one arc, source to target"}, true).empty();
  bool const undirected = !job.take({.name = "undirected", .help = "an edge is two arcs"}, true).empty();
  if (directed && undirected) throw UsageError("--directed", "contradicts --undirected");
  GraphOptions options{graph.empty() ? "debian:" : graph.back(), std::nullopt};
  if (directed || undirected) options.directed = directed;
  return options;
}

std::shared_ptr<RankGraph const> open_graph(engine::JobCore& job, GraphOptions const& options) {
  GraphSource source{options.spec, nullptr};
  auto directed = options.directed;
  if (source.spec == "debian:") {
    auto lists = data::shared_package_lists(job);
    if (lists.empty()) {
      job.world().log().warn(std::string("this machine knows fewer than 1,000 packages: debian: is replaced by ") +
                             fallback_graph);
      source.spec = fallback_graph;
    } else {
      source.package_lists = std::make_shared<std::string const>(std::move(lists));
    }
  }
  if (source.spec.rfind("rmat:", 0) == 0 && !directed) directed = false;
  auto& world = job.world();
  auto graph = load(world, job.partitions(), source, directed);
  auto const& found = graph->report;
  world.log().info(fmt::format(
      "{}: {} vertices, {} {} edges; {} loops and {} repeats removed; max/mean arcs a rank {:.2f}", source.spec,
      found.vertices, found.edges, found.directed ? "directed" : "undirected", found.loops, found.repeats,
      found.edges == 0 ? 1.0
                       : static_cast<double>(found.most_arcs) * world.ranks() /
                             static_cast<double>(found.edges * (found.directed ? 1 : 2))));
  if (job.wants_input_digest()) {
    std::string digest;
    world.together(engine::Site::load, "digest", [&] {
      if (world.rank() == 0) digest = digest_of_source(source);
    });
    job.add_input_digest(world.communicator().broadcast(digest, 0));
  }
  return graph;
}

}  // namespace pel::graph
