#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "engine/halo_field.hpp"
#include "engine/world.hpp"
#include "graph/rank_graph.hpp"
#include "pel/distribution.hpp"
#include "pel/error.hpp"
#include "support/mpi_test.hpp"

namespace {

using Edges = std::vector<std::pair<std::uint64_t, std::uint64_t>>;
using Rows = std::map<std::uint64_t, std::set<std::uint64_t>>;

pel::engine::World make_world() {
  return {pel::comm::Communicator::world(), 1, pel::base::Log(), pel::base::Fault("")};
}

// A file of the scratch directory, written by rank 0, there for all when this returns.
std::string file(pel::engine::World& world, std::string const& name, std::string const& text) {
  auto const path = (pel::test::scratch() / name).string();
  world.together(pel::engine::Site::load, "write", [&] {
    if (world.rank() == 0) std::ofstream(path) << text;
  });
  return path;
}

// What the rows should be, from the edges alone.
Rows oracle(Edges const& edges, bool directed) {
  Rows rows;
  for (auto const& [source, target] : edges) {
    rows[source];
    rows[target];
    if (source == target) continue;
    rows[target].insert(source);
    if (!directed) rows[source].insert(target);
  }
  return rows;
}

std::string text_of(Edges const& edges) {
  std::string text;
  for (auto const& [source, target] : edges) text += std::to_string(source) + " " + std::to_string(target) + "\n";
  return text;
}

Edges some_edges(std::uint64_t vertices, std::size_t n, std::uint64_t stretch) {
  Edges edges;
  for (std::size_t i = 0; i < n; ++i)
    edges.emplace_back(pel::base::mix64(2 * i) % vertices * stretch, pel::base::mix64(2 * i + 1) % vertices * stretch);
  return edges;
}

// A value of every owned vertex, and those of the mirrors as their owners ship them.
std::vector<std::uint64_t> with_mirrors(pel::graph::RankGraph const& graph, std::vector<std::uint64_t> const& owned) {
  pel::engine::HaloField field(graph.layout, sizeof(std::uint64_t));
  if (!owned.empty()) std::memcpy(field.front(), owned.data(), owned.size() * sizeof owned[0]);
  field.refresh();
  std::vector<std::uint64_t> all(owned.size() + graph.layout->plan.mirrors());
  if (!all.empty()) std::memcpy(all.data(), field.front(), all.size() * sizeof all[0]);
  return all;
}

std::vector<std::uint64_t> places(pel::graph::RankGraph const& graph) {
  std::vector<std::uint64_t> places;
  for (std::size_t slot = 0; slot < graph.layout->partitions.size(); ++slot)
    for (std::uint32_t i = 0; i < graph.layout->first[slot + 1] - graph.layout->first[slot]; ++i)
      places.push_back(std::uint64_t{pel::index(graph.layout->partitions[slot])} << 32U | i);
  return places;
}

// Compares what this rank holds with the oracle; how many vertices it holds.
std::size_t check_rows(pel::graph::RankGraph const& graph, Rows const& expected, Rows const& out) {
  auto const id_of = with_mirrors(graph, graph.ids);
  auto const place_of = with_mirrors(graph, places(graph));
  for (std::size_t v = 0; v < graph.ids.size(); ++v) {
    std::set<std::uint64_t> found;
    std::uint64_t before = 0;
    for (auto const slot : graph.in.row(v)) {
      CHECK((found.empty() || before < place_of[slot]));  // rows ascend by (partition, index)
      found.insert(id_of[slot]);
      before = place_of[slot];
    }
    CHECK(found == expected.at(graph.ids[v]));
    CHECK(graph.out_degree[v] == out.at(graph.ids[v]).size());
  }
  return graph.ids.size();
}

void check_load(Edges const& edges, bool directed, std::uint32_t partitions) {
  auto world = make_world();
  auto const path =
      file(world, "edges-" + std::to_string(edges.size()) + "-" + std::to_string(partitions), text_of(edges));
  auto const expected = oracle(edges, directed);
  Edges reversed;
  for (auto const& [source, target] : edges) reversed.emplace_back(target, source);

  auto const graph = pel::graph::load(world, partitions, {path, nullptr}, directed);

  check_rows(*graph, expected, oracle(reversed, directed));
  CHECK(graph->report.vertices == expected.size());
  std::size_t arcs = 0;
  for (auto const& [id, row] : expected) arcs += row.size();
  CHECK(graph->report.edges == (directed ? arcs : arcs / 2));
}

}  // namespace

TEST_CASE("the rows of a random graph are those of a plain map, directed and undirected") {
  for (bool const directed : {true, false}) {
    check_load(some_edges(200, 1500, 1), directed, 64);
    check_load(some_edges(200, 1500, std::uint64_t{1} << 55U), directed, 7);
  }
}

TEST_CASE("more partitions than vertices, a loop alone, no edge at all") {
  check_load({{1, 2}, {2, 1}, {3, 3}}, true, 64);
  check_load({{1, 2}, {2, 1}, {3, 3}}, false, 64);
  check_load({}, true, 8);
}

TEST_CASE("loops and repeats are removed and counted") {
  auto world = make_world();
  auto const path = file(world, "repeats", "1 2\n1 2\n2 1\n3 3\n");

  auto const directed = pel::graph::load(world, 8, {path, nullptr}, true);
  auto const undirected = pel::graph::load(world, 8, {path, nullptr}, false);

  CHECK(directed->report.edges == 2);
  CHECK(directed->report.repeats == 1);
  CHECK(directed->report.loops == 1);
  CHECK(undirected->report.edges == 1);
  CHECK(undirected->report.repeats == 2);
}

TEST_CASE("a vertex of .v without edges stays, and an edge to an undeclared one is refused by line and column") {
  auto world = make_world();
  auto const vertices = file(world, "ldbc.v", "1\n2\n9\n");
  auto const edges = file(world, "ldbc.e", "1 2\n");
  CHECK(pel::graph::load(world, 8, {edges, nullptr}, true)->report.vertices == 3);
  file(world, "bad.v", "1\n2\n");
  auto const bad = file(world, "bad.e", "1 2\n2 1\n2 7\n");

  std::optional<pel::BadData> caught;
  try {
    (void)pel::graph::load(world, 8, {bad, nullptr}, true);
  } catch (pel::BadData const& error) {
    caught = error;
  }

  CHECK(caught.has_value());
  if (caught) {
    CHECK(caught->line == 3);
    CHECK(caught->column == 3);
  }
}

TEST_CASE("a loop on an undeclared vertex is refused like any edge to it") {
  auto world = make_world();
  file(world, "loop.v", "1\n2\n");
  auto const edges = file(world, "loop.e", "1 2\n9 9\n");

  CHECK_THROWS_AS((void)pel::graph::load(world, 8, {edges, nullptr}, true), pel::BadData);
}

TEST_CASE("a vertex declared twice is refused, and so is a graph that nobody gave a direction") {
  auto world = make_world();
  file(world, "twice.v", "1\n2\n1\n");
  auto const twice = file(world, "twice.e", "1 2\n");
  auto const plain = file(world, "plain", "1 2\n");

  CHECK_THROWS_AS((void)pel::graph::load(world, 8, {twice, nullptr}, true), pel::BadData);
  CHECK_THROWS_AS((void)pel::graph::load(world, 8, {plain, nullptr}, std::nullopt), pel::UsageError);
}
