#include "graph_cases.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <utility>

#include "../graph/ldbc_parameters.hpp"
#include "graph/rmat.hpp"
#include "support/mpi_test.hpp"

namespace pel::test {
namespace {

namespace fs = std::filesystem;
using Cases = std::vector<GraphCase>;

std::string direction(bool directed) { return directed ? "directed" : "undirected"; }

bool is_directed(std::string const& stem) { return ldbc_parameters(stem)["directed"] == "true"; }

// Each `every`-th of the small graphs.
void add_fuzz(Cases& cases, fs::path const& data, std::size_t every) {
  std::set<fs::path> folders;
  for (auto const& entry : fs::directory_iterator(data / "graph-fuzz"))
    if (entry.is_directory()) folders.insert(entry.path());
  std::size_t number = 0;
  for (auto const& folder : folders) {
    if (number++ % every != 0) continue;
    auto const stem = (folder / folder.filename()).string();
    cases.push_back({.name = folder.filename().string(),
                     .graph = stem,
                     .directed = is_directed(stem),
                     .goldens = stem + "-",
                     .properties = ldbc_parameters(stem)});
  }
}

void add_large(Cases& cases, fs::path const& data) {
  for (auto const* const name : {"soc-epinions1", "wiki-vote", "road-bremen", "web-indochina-2004"}) {
    auto const stem = (data / ("graph-" + std::string(name)) / name).string();
    cases.push_back({.name = name,
                     .graph = stem,
                     .directed = is_directed(stem),
                     .goldens = stem + "-",
                     .properties = ldbc_parameters(stem)});
  }
  auto const p2p = data / "graph-p2p-31";
  for (bool const directed : {true, false}) {
    auto const stem = (p2p / ("ours-" + direction(directed)) / ("p2p-31-" + direction(directed))).string();
    cases.push_back({.name = "p2p-31-" + direction(directed),
                     .graph = (p2p / "p2p-31").string(),
                     .directed = directed,
                     .goldens = stem + "-",
                     .properties = ldbc_parameters(stem)});
  }
  auto theirs = cases.back();  // by libgrape-lite, which prints fewer digits of some
  theirs.name = "p2p-31-grape";
  theirs.goldens = (p2p / "p2p-31-").string();
  theirs.tolerance = "1e-4";
  cases.push_back(theirs);
}

// Lists of neighbours, a vertex a line, as lists of vertices and edges. Some vertices are neighbours only.
void write_adjacency(fs::path const& from, std::string const& stem, bool directed) {
  std::ifstream lists(from);
  std::ofstream vertices(stem + ".v"), edges(stem + ".e");
  std::set<std::uint64_t> all;
  std::set<std::pair<std::uint64_t, std::uint64_t>> known;
  for (std::string line; std::getline(lists, line);) {
    std::istringstream words(line);
    std::uint64_t source = 0;
    if (!(words >> source)) continue;
    all.insert(source);
    for (std::uint64_t target = 0; words >> target;) {
      all.insert(target);
      auto const edge = directed ? std::pair(source, target) : std::minmax({source, target});
      if (known.insert(edge).second) edges << edge.first << ' ' << edge.second << '\n';
    }
  }
  for (auto const id : all) vertices << id << '\n';
}

void add_ldbc(Cases& cases, fs::path const& data, fs::path const& scratch, bool writes) {
  auto const sets = data / "graph-ldbc-validation";
  for (bool const directed : {true, false}) {
    auto const stem = (sets / "example" / ("example-" + direction(directed))).string();
    cases.push_back({.name = "example-" + direction(directed),
                     .graph = stem,
                     .directed = directed,
                     .goldens = stem + "-",
                     .properties = ldbc_parameters(stem),
                     .tolerance = "1e-4"});
  }
  for (auto const& app : graph_apps()) {
    for (bool const directed : {true, false}) {
      std::string const short_name = directed ? "dir" : "undir";
      auto const golden = sets / app.ldbc / (short_name + "-output");
      if (app.golden.empty() || !fs::exists(golden)) continue;
      auto stem = (sets / app.ldbc / (short_name + "-input")).string();
      if (!fs::exists(stem + ".e")) {
        auto const lists = std::exchange(stem, (scratch / (app.ldbc + "-" + short_name)).string());
        if (writes) write_adjacency(lists, stem, directed);
      }
      std::map<std::string, std::string> const parameters{{"bfs.source-vertex", "1"},
                                                          {"sssp.source-vertex", "1"},
                                                          {"cdlp.max-iterations", "5"},
                                                          {"pr.num-iterations", directed ? "14" : "26"}};
      cases.push_back({.name = "ldbc-" + app.ldbc + "-" + short_name,
                       .graph = stem,
                       .directed = directed,
                       .goldens = golden.string(),
                       .only = app.name,
                       .properties = parameters,
                       .tolerance = "1e-4"});
    }
  }
}

// The edges of the reference generator, each with its weight.
void write_rmat(graph::Rmat const& rmat, bool directed, std::string const& path) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> edges;
  rmat.append_edges(0, rmat.edges(), edges);
  std::erase_if(edges, [](auto const& edge) { return edge.first == edge.second; });
  if (!directed)
    for (auto& [a, b] : edges)
      if (a > b) std::swap(a, b);
  std::ranges::sort(edges);
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  std::string text;
  for (auto const& [source, target] : edges) {
    auto const hash = base::mix64((source << 32 | target) + 0x9E3779B97F4A7C15);
    text += std::to_string(source) + ' ' + std::to_string(target) + ' ' + std::to_string(1 + hash % 255) + '\n';
  }
  std::ofstream(path) << text;
}

void add_rmat(Cases& cases, fs::path const& scratch, bool writes) {
  std::map<std::string, std::string> const parameters{{"bfs.source-vertex", "0"},
                                                      {"sssp.source-vertex", "0"},
                                                      {"cdlp.max-iterations", "10"},
                                                      {"pr.num-iterations", "20"}};
  for (auto const& [scale, seed] : {std::pair(10, 1U), std::pair(16, 2U)})
    for (bool const directed : {true, false}) {
      auto const name = "rmat-" + std::to_string(scale) + "-" + direction(directed);
      auto const path = (scratch / (name + ".e")).string();
      if (writes) write_rmat({scale, seed}, directed, path);
      cases.push_back({.name = name, .graph = path, .directed = directed, .properties = parameters, .keep = true});
    }
}

void add_option(Words& words, GraphCase const& graph, std::string const& option, std::string const& key) {
  auto const at = graph.properties.find(key);
  if (at != graph.properties.end()) words.insert(words.end(), {"--" + option, at->second});
}

}  // namespace

std::optional<fs::path> data_folder() {
  if (fs::is_directory(data_sets() / "graph-fuzz")) return data_sets();
  return std::nullopt;
}

Cases graph_cases(fs::path const& data, fs::path const& scratch, bool writes) {
  Cases cases;
  bool const few = std::getenv("PEL_GRAPH_FEW") != nullptr;  // NOLINT(concurrency-mt-unsafe): the main thread
  add_fuzz(cases, data, few ? 6 : 1);
  add_ldbc(cases, data, scratch, writes);
  if (few) return cases;
  add_large(cases, data);
  add_rmat(cases, scratch, writes);
  return cases;
}

std::optional<std::string> golden_of(GraphCase const& graph, GraphApp const& app) {
  if (app.golden.empty() || graph.goldens.empty()) return std::nullopt;
  if (!graph.only.empty()) return graph.goldens;
  for (auto const* const packed : {"", ".zst"})
    if (auto const path = graph.goldens + app.golden + packed; fs::exists(path)) return path;
  return std::nullopt;
}

Words words_for(GraphCase const& graph, GraphApp const& app) {
  Words words{"--" + direction(graph.directed), "--tolerance", graph.tolerance, "--graph", graph.graph};
  if (app.takes_source) add_option(words, graph, "source", app.ldbc + ".source-vertex");
  if (app.takes_iterations) add_option(words, graph, "iterations", app.ldbc + ".num-iterations");
  if (app.takes_iterations) add_option(words, graph, "iterations", app.ldbc + ".max-iterations");
  if (app.takes_damping) add_option(words, graph, "damping", app.ldbc + ".damping-factor");
  return words;
}

}  // namespace pel::test
