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

#include "base/option_table.hpp"
#include "data/open_text.hpp"
#include "engine/job_core.hpp"
#include "engine/world.hpp"
#include "graph/edge_input.hpp"
#include "graph/graph_cache.hpp"
#include "pel/error.hpp"

namespace pel::graph {
namespace {

constexpr char const* fallback_graph = "rmat:scale=16,seed=1";

// Ranks cut a file by its size, so all must see the same, from when the first opens it until the last has read it: a
// file may grow meanwhile, and hosts may see different ones.
class AgreedSizes {
 public:
  // Collective: all ranks. Throws: BadData.
  AgreedSizes(engine::World& world, EdgeInput const& input) : files_(input.files()) {
    if (files_.empty()) return;
    std::string sizes;
    for (auto const& [path, bytes] : files_) sizes += std::to_string(bytes) + "\n";
    std::istringstream first(world.communicator().broadcast(sizes, 0));
    world.together(engine::Site::load, "sizes", [&] { compare(input.spec(), first); });
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
  void compare(std::string const& spec, std::istream& of_rank_0) const {
    std::size_t i = 0;
    for (std::uint64_t theirs = 0; of_rank_0 >> theirs; ++i)
      if (i < files_.size() && files_[i].second != theirs)
        throw BadData(files_[i].first, 0, 0, -1,
                      fmt::format("has {} bytes here and {} on rank 0: it grows, or hosts see different files",
                                  files_[i].second, theirs));
    if (i != files_.size()) throw BadData(spec, 0, 0, -1, "one of its files is there for some ranks only");
  }

  std::vector<std::pair<std::string, std::uint64_t>> files_;  // path, bytes
};

// The source, with the package lists for debian:, or what stands for it where there are none. Collective: all ranks.
GraphSource source_of(engine::JobCore& job, std::string const& spec) {
  GraphSource source{spec, nullptr};
  if (spec != "debian:") return source;
  auto lists = data::shared_package_lists(job);
  if (lists.empty()) {
    job.world().log().warn(std::string("this machine knows fewer than 1,000 packages: debian: is replaced by ") +
                           fallback_graph);
    source.spec = fallback_graph;
  } else {
    source.package_lists = std::make_shared<std::string const>(std::move(lists));
  }
  return source;
}

void say_what_was_found(engine::World& world, std::string const& spec, LoadReport const& found) {
  auto const arcs = static_cast<double>(found.edges * (found.directed ? 1 : 2));
  world.log().info(
      fmt::format("graph {} has {} vertices, {} {} edges; {} loops and {} repeats removed; max/mean arcs a rank {:.2f}",
                  spec, found.vertices, found.edges, found.directed ? "directed" : "undirected", found.loops,
                  found.repeats, found.edges == 0 ? 1.0 : static_cast<double>(found.most_arcs) * world.ranks() / arcs));
  world.log().info(fmt::format("graph loaded in {:.2f} s: read {:.2f} s, ship {:.2f} s, build {:.2f} s; {} mirrors",
                               found.seconds, found.read_seconds, found.ship_seconds, found.build_seconds,
                               found.mirrors));
}

}  // namespace

GraphOptions take_graph_options(engine::JobCore& job) {
  // Flags first: so a bare name may follow them. They are no parameters: what they make of the input is part of it.
  auto const flag = [&](char const* name, char const* help) {
    return !job.take({.name = name, .help = help}, false).empty();
  };
  bool const directed = flag("directed", "an edge is one arc, source to target");
  bool const undirected = flag("undirected", "an edge is two arcs");
  GraphOptions options;
  options.weights = flag("weighted", "the column behind the target is a weight, and is checked even if it is not used");
  options.names = flag(
      "names",
      "vertices are named by texts: any without blanks and commas; a line whose first begins with # or % is a comment");
  options.check_cache = flag("check-graph-cache",
                             "where the graph is one that --write-graph-cache wrote: read its input, too, and compare");
  auto const cache = job.take({.name = "write-graph-cache",
                               .value = "FILE",
                               .help = "also writes the graph as a file that opens faster: as --graph, later"},
                              false);
  if (!cache.empty()) options.cache = cache.back();
  auto const graph = job.take(
      {.name = "graph",
       .value = "GRAPH",
       .fallback = "debian:",
       .help = "an edge list, a Matrix Market file or an LDBC prefix (each also as .gz or .zst), "
               "rmat:scale=16,seed=1, grid:rows=100,columns=100, path:vertices=100, star:vertices=100, or debian:, the "
               "packages of this machine and what they depend on",
       .positional = true},
      false);
  if (directed && undirected) throw UsageError("--directed", "contradicts --undirected");
  if (!graph.empty()) options.spec = graph.back();
  if (directed || undirected) options.directed = directed;
  return options;
}

EdgeInput open_input(engine::JobCore& job, GraphOptions const& options) {
  auto const source = source_of(job, options.spec);
  std::optional<EdgeInput> input;
  job.world().together(engine::Site::load, "open", [&] {
    input = EdgeInput::open(source, {.weights = options.weights,
                                     .names = options.names,
                                     .directed = options.directed,
                                     .max_bad = job.max_bad(),
                                     .max_line = static_cast<std::size_t>(job.max_line())});
  });
  return std::move(*input);
}

namespace {

// The identity of a graph as input: the same, be it read or opened as a cache. Which lines are bad, and so left out,
// depends on whether weights were read.
void add_identity(engine::JobCore& job, std::string const& digest, LoadReport const& found, bool weights) {
  job.add_input_digest(digest);
  job.add_input_digest(found.directed ? "directed" : "undirected");
  if (found.left_out > 0)
    job.add_input_digest(fmt::format("{} lines left out{}", found.left_out, weights ? ", weights read" : ""));
}

// A file that is renamed to the name of an input takes its place. Throws: UsageError.
void must_be_no_input(std::string const& cache, EdgeInput const& input) {
  for (auto const& [path, bytes] : input.files()) {
    std::error_code absent;  // then it is another
    if (std::filesystem::equivalent(cache, path, absent))
      throw UsageError("--write-graph-cache", cache + " is a file of the graph itself, which it would replace");
  }
}

std::string agreed_digest(engine::World& world, EdgeInput const& input) {
  std::string digest;
  world.together(engine::Site::load, "digest", [&] {
    if (world.rank() == 0) digest = input.digest();
  });
  return world.communicator().broadcast(digest, 0);
}

// Reads the whole input that a cache was made from. Collective: all ranks. Throws: MissingInput if it is gone; BadData
// if it is not what it was.
void check_cache(engine::JobCore& job, GraphOptions const& options, CacheKey const& key,
                 KernelDefaults const& defaults) {
  GraphOptions of_input;
  of_input.spec = key.origin.spec;
  of_input.directed = key.directed;
  auto const input = open_input(job, of_input);
  auto const digest = agreed_digest(job.world(), input);
  job.world().together(engine::Site::load, "digest", [&] {
    if (digest != key.digest || !(input.defaults() == defaults))
      throw BadData(options.spec, 0, 0, -1,
                    "is not the graph of its input any more: " + key.origin.spec +
                        " has other content; write the cache anew from the input, with --write-graph-cache");
  });
}

std::shared_ptr<RankGraph const> open_cached(engine::JobCore& job, GraphOptions const& options,
                                             GraphNeeds const& needs) {
  auto& world = job.world();
  CacheKey key;
  world.together(engine::Site::load, "open", [&] {
    key = key_of_cache(options.spec);
    if (options.directed && *options.directed != key.directed)
      throw UsageError(key.directed ? "--undirected" : "--directed",
                       options.spec + " was made as " + (key.directed ? "a directed graph" : "an undirected graph"));
    if (!options.cache.empty()) throw UsageError("--write-graph-cache", options.spec + " is such a file");
    if (options.names) throw UsageError("--names", options.spec + " is a graph cache: its vertices are numbers");
    if (options.weights && !key.weights)
      throw ConfigError(options.spec, "has no weights", "make it again from weighted edges, with --weighted");
  });
  auto graph = open_graph_cache(world, options.spec, job.partitions(), needs);
  if (options.check_cache) check_cache(job, options, key, graph->defaults);
  say_what_was_found(world, options.spec, graph->report);
  if (key.left_out > 0)
    world.log().warn(fmt::format("when {} was written, {} bad {} of {} left out", options.spec, key.left_out,
                                 key.left_out == 1 ? "line" : "lines", key.origin.spec));
  add_identity(job, key.digest, graph->report, key.weights);
  return graph;
}

}  // namespace

std::shared_ptr<RankGraph const> open_graph(engine::JobCore& job, GraphOptions options, GraphNeeds const& needs) {
  options.weights = options.weights || needs.weights || needs.order == RowOrder::by_weight;
  job.settle_checkpoints();  // a cache is HDF5
  if (is_graph_cache(options.spec)) return open_cached(job, options, needs);
  if (options.check_cache) throw UsageError("--check-graph-cache", options.spec + " is no graph cache");
  auto const input = open_input(job, options);  // first: the machine is asked for packages before MPI starts
  auto& world = job.world();
  world.together(engine::Site::load, "open", [&] {
    if (!options.cache.empty() && input.names())
      throw UsageError("--write-graph-cache", "a graph whose vertices have names cannot be written");
    if (!options.cache.empty()) must_be_no_input(options.cache, input);
  });
  AgreedSizes const sizes(world, input);
  auto wanted = needs;
  if (!options.cache.empty()) {
    wanted.in = wanted.out = true;  // whoever opens it may need them
    wanted.weights = options.weights;
  }
  auto graph = load(world, job.partitions(), input, options.directed, wanted);
  sizes.must_still_hold(world);
  say_what_was_found(world, input.spec(), graph->report);
  if (job.wants_input_digest() || !options.cache.empty()) {
    auto const digest = agreed_digest(world, input);
    add_identity(job, digest, graph->report, input.weighted());
    if (options.cache.empty()) return graph;
    CacheKey key{digest, graph->report.directed, wanted.weights, job.partitions(), {}, graph->report.left_out};
    world.together(engine::Site::write, "graph cache", [&] { key.origin = CacheOrigin::of(input); });
    write_graph_cache(world, options.cache, *graph, key);
  }
  return graph;
}

}  // namespace pel::graph
