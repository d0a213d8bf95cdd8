#include "graph/open_graph.hpp"

#include <fmt/core.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "data/open_text.hpp"
#include "engine/job_core.hpp"
#include "engine/world.hpp"
#include "graph/graph_files.hpp"
#include "pel/error.hpp"

namespace pel::graph {
namespace {

constexpr char const* fallback_graph = "rmat:scale=16,seed=1";

bool is_file(GraphSource const& source) { return source.spec != "debian:" && source.spec.rfind("rmat:", 0) != 0; }

// Ranks cut a file by its size, so all must see the same, from before the first opens it until the last has read it:
// a file may grow meanwhile, and hosts may see different ones.
class AgreedSizes {
 public:
  // Collective: all ranks. Throws: MissingInput, BadData.
  AgreedSizes(engine::World& world, GraphSource const& source) {
    if (!is_file(source)) return;
    world.together(engine::Site::load, "sizes", [&] {
      auto const found = find_graph_files(source.spec);
      files_.emplace_back(found.edges, std::filesystem::file_size(found.edges));
      if (found.vertices) files_.emplace_back(*found.vertices, std::filesystem::file_size(*found.vertices));
    });
    std::string sizes;
    for (auto const& [path, bytes] : files_) sizes += std::to_string(bytes) + "\n";
    std::istringstream first(world.communicator().broadcast(sizes, 0));
    world.together(engine::Site::load, "sizes", [&] { compare(source, first); });
  }

  // Collective: all ranks. Throws: BadData.
  void must_still_hold(engine::World& world) const {
    if (files_.empty()) return;
    world.together(engine::Site::load, "sizes", [&] {
      for (auto const& [path, bytes] : files_) {
        std::error_code gone;  // which does no harm once it is read
        auto const now = std::filesystem::file_size(path, gone);
        if (!gone && now != bytes)
          throw BadData(path, 0, 0, -1,
                        fmt::format("had {} bytes and has {} now: it changed while it was read", bytes, now));
      }
    });
  }

 private:
  void compare(GraphSource const& source, std::istream& of_rank_0) const {
    std::size_t i = 0;
    for (std::uint64_t theirs = 0; of_rank_0 >> theirs; ++i)
      if (i < files_.size() && files_[i].second != theirs)
        throw BadData(files_[i].first, 0, 0, -1,
                      fmt::format("has {} bytes here and {} on rank 0: it grows, or hosts see different files",
                                  files_[i].second, theirs));
    if (i != files_.size()) throw BadData(source.spec, 0, 0, -1, "its list of vertices is there for some ranks only");
  }

  std::vector<std::pair<std::string, std::uint64_t>> files_;  // path, bytes
};

}  // namespace

GraphOptions take_graph_options(engine::JobCore& job) {
  // Flags first: so a bare name may follow them. They are no parameters: the direction in use is part of the input.
  bool const directed = !job.take({.name = "directed", .help = "an edge is one arc, source to target"}, false).empty();
  bool const undirected = !job.take({.name = "undirected", .help = "an edge is two arcs"}, false).empty();
  auto const graph = job.take(
      {.name = "graph",
       .value = "GRAPH",
       .fallback = "debian:",
       .help = "an edge list or LDBC prefix (each also as .zst), rmat:scale=16,seed=1, or debian:, the packages of "
               "this machine and what they depend on",
       .positional = true},
      false);
  if (directed && undirected) throw UsageError("--directed", "contradicts --undirected");
  GraphOptions options{graph.empty() ? "debian:" : graph.back(), std::nullopt};
  if (directed || undirected) options.directed = directed;
  return options;
}

std::shared_ptr<RankGraph const> open_graph(engine::JobCore& job, GraphOptions const& options,
                                            GraphNeeds const& needs) {
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
  AgreedSizes const sizes(world, source);
  auto graph = load(world, job.partitions(), source, directed, needs);
  sizes.must_still_hold(world);
  auto const& found = graph->report;
  world.log().info(fmt::format(
      "graph {} has {} vertices, {} {} edges; {} loops and {} repeats removed; max/mean arcs a rank {:.2f}",
      source.spec, found.vertices, found.edges, found.directed ? "directed" : "undirected", found.loops, found.repeats,
      found.edges == 0 ? 1.0
                       : static_cast<double>(found.most_arcs) * world.ranks() /
                             static_cast<double>(found.edges * (found.directed ? 1 : 2))));
  if (job.wants_input_digest()) {
    std::string digest;
    world.together(engine::Site::load, "digest", [&] {
      if (world.rank() == 0) digest = digest_of_source(source);
    });
    job.add_input_digest(world.communicator().broadcast(digest, 0));
    job.add_input_digest(found.directed ? "directed" : "undirected");
  }
  return graph;
}

}  // namespace pel::graph
