#include "graph/reference/references.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "../ldbc_parameters.hpp"
#include "graph/reference/expected.hpp"
#include "support/serial_test.hpp"

using namespace pel::graph;
namespace fs = std::filesystem;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

PlainGraph graph_of(std::vector<PlainEdge> edges, bool directed, std::vector<std::uint64_t> declared = {}) {
  return {std::move(declared), std::move(edges), directed};
}

// STEM.v and STEM.e, with nothing of the product's readers.
PlainGraph read(std::string const& stem, bool directed) {
  std::vector<std::uint64_t> vertices;
  std::vector<PlainEdge> edges;
  std::ifstream v(stem + ".v"), e(stem + ".e");
  for (std::uint64_t id = 0; v >> id;) vertices.push_back(id);
  for (std::string line; std::getline(e, line);) {
    std::istringstream words(line);
    PlainEdge edge;
    if (!(words >> edge.source >> edge.target)) continue;
    if (double weight = 1; words >> weight) edge.weight = weight;
    edges.push_back(edge);
  }
  return {std::move(vertices), std::move(edges), directed};
}

void check_golden(PlainGraph const& graph, std::string const& path, Expected const& expected, double tolerance) {
  if (!fs::exists(path)) return;
  CAPTURE(path);
  auto const golden = read_answer(pel::data::TextInput::open({path}), expected.rule, nullptr);
  Answer const found{graph.ids(), expected.reference(graph)};
  auto const comparison = compare(golden, found, expected.rule, tolerance, nullptr);
  CHECK(comparison.worst == "");
}

// All of LDBC's kernels on the graph STEM.
void check_goldens(std::string const& stem, double tolerance) {
  auto const properties = pel::test::ldbc_parameters(stem);
  auto const graph = read(stem, properties.at("directed") == "true");
  auto const number = [&](char const* key) { return std::stoull(properties.at(key)); };
  check_golden(graph, stem + "-BFS", expected::bfs(number("bfs.source-vertex")), 0);
  if (properties.contains("sssp.source-vertex"))
    check_golden(graph, stem + "-SSSP", expected::sssp(number("sssp.source-vertex")), tolerance);
  auto const rounds = static_cast<std::uint32_t>(number("pr.num-iterations"));
  check_golden(graph, stem + "-PR", expected::pagerank(rounds, 0.85), tolerance);
  check_golden(graph, stem + "-CDLP", expected::cdlp(static_cast<std::uint32_t>(number("cdlp.max-iterations"))), 0);
  check_golden(graph, stem + "-WCC", expected::wcc(), 0);
  check_golden(graph, stem + "-LCC", expected::lcc(), tolerance);
}

}  // namespace

TEST_CASE("a plain graph drops loops and repeats, keeps the lightest, and keeps who is alone") {
  auto const directed = graph_of({{5, 7, 3}, {5, 7, 2}, {7, 5, 9}, {5, 5, 1}}, true, {9, 9});
  CHECK(directed.ids() == std::vector<std::uint64_t>{5, 7, 9});
  CHECK(directed.out(0).size() == 1);
  CHECK(directed.out(0)[0].weight == 2);
  CHECK(directed.in(0)[0].weight == 9);
  CHECK(directed.neighbours(0) == std::vector<std::size_t>{1});
  CHECK(directed.out(2).empty());
  auto const undirected = graph_of({{5, 7, 3}, {7, 5, 2}}, false);
  CHECK(undirected.out(0)[0].weight == 2);
  CHECK(undirected.in(1)[0].weight == 2);
}

TEST_CASE("paths follow the arcs") {
  auto const graph = graph_of({{1, 2, 5}, {2, 3, 0}, {1, 3, 6}, {4, 1, 1}}, true);
  CHECK(reference::bfs(graph, 1) == std::vector<std::int64_t>{0, 1, 1, reference::unreached});
  CHECK(reference::sssp(graph, 1) == std::vector{0., 5., 5., infinity});
  CHECK(reference::wcc(graph) == std::vector<std::int64_t>{1, 1, 1, 1});
}

TEST_CASE("betweenness of a path, a star and a diamond") {
  std::vector<std::uint64_t> const all{1, 2, 3, 4};
  auto const path = graph_of({{1, 2}, {2, 3}, {3, 4}}, false);
  CHECK(reference::betweenness(path, all) == std::vector<double>{0, 2, 2, 0});
  auto const star = graph_of({{1, 2}, {1, 3}, {1, 4}}, false);
  CHECK(reference::betweenness(star, all) == std::vector<double>{3, 0, 0, 0});
  auto const diamond = graph_of({{1, 2}, {1, 3}, {2, 4}, {3, 4}}, true);
  CHECK(reference::betweenness(diamond, all) == std::vector<double>{0, 0.5, 0.5, 0});
  CHECK(reference::betweenness(diamond, std::vector<std::uint64_t>{2}) == std::vector<double>{0, 0, 0, 0});
}

TEST_CASE("triangles and cores ignore directions") {
  std::vector<PlainEdge> const edges{{1, 2}, {2, 1}, {2, 3}, {3, 1}, {3, 4}, {4, 5}, {1, 1}};
  for (bool const directed : {true, false}) {
    auto const graph = graph_of(edges, directed, {6});
    CHECK(reference::triangles(graph) == std::vector<std::int64_t>{1, 1, 1, 0, 0, 0});
    CHECK(reference::kcore(graph) == std::vector<std::int64_t>{2, 2, 2, 1, 1, 0});
  }
}

TEST_CASE("labels go to the most frequent, then the smallest; both directions count") {
  CHECK(reference::cdlp(graph_of({{1, 3}, {2, 3}}, false, {9}), 1) == std::vector<std::int64_t>{3, 3, 1, 9});
  CHECK(reference::cdlp(graph_of({{1, 3}, {2, 3}, {3, 2}}, true), 1) == std::vector<std::int64_t>{3, 3, 2});
}

TEST_CASE("no vertices, no values") {
  auto const none = graph_of({}, true);
  CHECK(reference::pagerank(none, 3, 0.85).empty());
  CHECK(reference::lcc(none).empty());
  CHECK(reference::kcore(none).empty());
}

TEST_CASE("the references give the goldens of LDBC's examples and of 48 small graphs") {
  auto const data = pel::test::data_sets();
  if (!fs::is_directory(data / "graph-fuzz"))
    return pel::test::skip("there are no graphs; PEL_DATA names their folder");
  int graphs = 0;
  for (auto const& folder : fs::directory_iterator(data / "graph-fuzz")) {
    if (!folder.is_directory()) continue;
    check_goldens((folder.path() / folder.path().filename()).string(), 1e-9);
    ++graphs;
  }
  CHECK(graphs == 48);
  for (auto const* const name : {"example-directed", "example-undirected"})
    check_goldens((data / "graph-ldbc-validation" / "example" / name).string(), 1e-4);
}
