#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "engine/halo_field.hpp"
#include "engine/world.hpp"
#include "graph/rank_graph.hpp"
#include "pel/distribution.hpp"
#include "pel/error.hpp"
#include "pel/graph.hpp"
#include "support/mpi_test.hpp"

namespace {

pel::engine::World make_world(int threads = 1) {
  return {pel::comm::Communicator::world(), threads, pel::base::Log(), pel::base::Fault("")};
}

std::uint64_t sum_over_ranks(pel::engine::World& world, std::uint64_t n) {
  std::uint64_t sum = 0;
  for (auto const& text : world.communicator().all_gather(std::to_string(n))) sum += std::stoull(text);
  return sum;
}

std::shared_ptr<pel::graph::RankGraph const> load(pel::engine::World& world, std::uint32_t partitions,
                                                  std::string const& path, std::optional<bool> directed,
                                                  pel::GraphNeeds const& needs = {}) {
  auto const input = pel::graph::EdgeInput::open({path, nullptr}, {.weights = needs.weights, .directed = directed});
  return pel::graph::load(world, partitions, input, directed, needs);
}

// A file of the scratch directory, written by rank 0, there for all when this returns.
std::string file(pel::engine::World& world, std::string const& name, std::string const& text) {
  auto const path = (pel::test::scratch() / name).string();
  world.together(pel::engine::Site::load, "write", [&] {
    if (world.rank() == 0) std::ofstream(path) << text;
  });
  return path;
}

struct Edge {
  std::uint64_t source, target;
  double weight = 1;
};
using Edges = std::vector<Edge>;
using Rows = std::map<std::uint64_t, std::map<std::uint64_t, double>>;  // vertex, neighbour, weight of the arc

// What the rows should be, from the edges alone: of arcs out of a vertex, or into it.
Rows oracle(Edges const& edges, bool directed, bool out) {
  Rows rows;
  auto const add = [&](std::uint64_t row, std::uint64_t neighbour, double weight) {
    auto const [at, fresh] = rows[row].try_emplace(neighbour, weight);
    if (!fresh) at->second = std::min(at->second, weight);
  };
  for (auto const& [source, target, weight] : edges) {
    rows[source];
    rows[target];
    if (source == target) continue;
    if (!directed || out) add(source, target, weight);
    if (!directed || !out) add(target, source, weight);
  }
  return rows;
}

std::string text_of(Edges const& edges) {
  std::ostringstream text;
  for (auto const& [source, target, weight] : edges) text << source << ' ' << target << ' ' << weight << '\n';
  return text.str();
}

Edges some_edges(std::uint64_t vertices, std::size_t n, std::uint64_t stretch) {
  Edges edges;
  for (std::size_t i = 0; i < n; ++i)
    edges.push_back({pel::base::mix64(3 * i) % vertices * stretch, pel::base::mix64(3 * i + 1) % vertices * stretch,
                     static_cast<double>(pel::base::mix64(3 * i + 2) % 8) / 4});
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

// What the slots of a rank stand for.
struct Slots {
  std::vector<std::uint64_t> id, index, partition;
  explicit Slots(pel::graph::RankGraph const& graph) : id(with_mirrors(graph, graph.ids)) {
    auto const& layout = *graph.layout;
    for (std::size_t slot = 0; slot < layout.partitions.size(); ++slot)
      for (std::uint32_t i = 0; i < layout.first[slot + 1] - layout.first[slot]; ++i) {
        index.push_back(i);
        partition.push_back(pel::index(layout.partitions[slot]));
      }
    index = with_mirrors(graph, index);
    partition = with_mirrors(graph, partition);
  }
  // What entries of a row ascend by.
  [[nodiscard]] std::tuple<double, std::uint64_t, std::uint64_t> key(pel::RowOrder order, std::uint32_t slot,
                                                                     double weight) const {
    if (order == pel::RowOrder::hub_first) return {0, index[slot], partition[slot]};
    return {order == pel::RowOrder::by_weight ? weight : 0, partition[slot], index[slot]};
  }
};

void check_row(Slots const& slots, std::span<std::uint32_t const> row, std::span<double const> weights,
               pel::GraphNeeds const& needs, std::map<std::uint64_t, double> const& expected) {
  CHECK(row.size() == expected.size());
  CHECK(weights.size() == (needs.weights ? row.size() : 0));
  for (std::size_t i = 0; i < row.size(); ++i) {
    auto const arc = expected.find(slots.id[row[i]]);
    CHECK(arc != expected.end());
    if (needs.weights && arc != expected.end()) CHECK(weights[i] == arc->second);
    auto const weight = [&](std::size_t k) { return needs.weights ? weights[k] : 0; };
    if (i > 0) CHECK(slots.key(needs.order, row[i - 1], weight(i - 1)) < slots.key(needs.order, row[i], weight(i)));
  }
}

// Compares what a partition holds with the oracle.
void check_part(pel::GraphPart const& part, Slots const& slots, pel::GraphNeeds const& needs, Rows const& in,
                Rows const& out) {
  std::vector<std::uint64_t> ids;  // of all vertices
  for (auto const& [id, row] : in) ids.push_back(id);
  std::uint64_t before = ~std::uint64_t{0};
  for (auto const v : part.vertices()) {
    auto const id = part.id(v);
    CHECK(slots.id[part.slot(v)] == id);
    if (needs.in) check_row(slots, part.in(v), part.in_weights(v), needs, in.at(id));
    if (needs.out) check_row(slots, part.out(v), part.out_weights(v), needs, out.at(id));
    CHECK(part.out_degree(v) == out.at(id).size());
    auto const degree = in.at(id).size() + out.at(id).size();
    CHECK(degree <= before);
    before = degree;
    if (needs.positions) CHECK(ids[part.position(v)] == id);
  }
  if (!needs.positions) return;
  for (auto const position : part.positions_here()) CHECK(part.id_at(position) == ids[position]);
}

void check_slots(pel::GraphPart const& part, Slots const& slots, Rows const& out) {
  CHECK(part.slots() == slots.id.size());
  for (std::uint32_t slot = 0; slot < part.slots(); ++slot) {
    CHECK(part.degree_of(slot) == out.at(slots.id[slot]).size());
    if (slot == 0) continue;
    auto const key = [&](std::uint32_t s) { return slots.key(pel::RowOrder::by_g, s, 0); };
    CHECK(part.precedes(slot - 1, slot) == (key(slot - 1) < key(slot)));
    CHECK(part.precedes(slot, 0) == (key(slot) < key(0)));
  }
}

void check_load(Edges const& edges, bool directed, std::uint32_t partitions, pel::GraphNeeds const& needs = {},
                int threads = 1) {
  auto world = make_world(threads);
  auto const path = file(world, "edges", text_of(edges));
  auto const in = oracle(edges, directed, false), out = oracle(edges, directed, true);

  auto const graph = load(world, partitions, path, directed, needs);

  Slots const slots(*graph);
  std::uint32_t next_mirror = graph->owned();
  std::uint64_t positions = 0;
  for (std::size_t slot = 0; slot < graph->layout->partitions.size(); ++slot) {
    pel::GraphPart const part(graph, slot);
    check_part(part, slots, needs, in, out);
    check_slots(part, slots, out);
    CHECK(part.mirror_share().first() == next_mirror);
    next_mirror = part.mirror_share().last();
    if (needs.positions) positions += part.positions_here().size();
  }
  CHECK(next_mirror == graph->slots());
  CHECK(graph->report.vertices == in.size());
  std::size_t arcs = 0;
  for (auto const& [id, row] : in) arcs += row.size();
  CHECK(graph->report.edges == (directed ? arcs : arcs / 2));
  if (needs.positions) CHECK(sum_over_ranks(world, positions) == in.size());
}

}  // namespace

TEST_CASE("the rows of a random graph are those of a plain map, directed and undirected") {
  for (bool const directed : {true, false}) {
    check_load(some_edges(200, 1500, 1), directed, 64);
    check_load(some_edges(200, 1500, std::uint64_t{1} << 55U), directed, 7);
  }
}

TEST_CASE("rows in either direction, with weights, in each order") {
  using Order = pel::RowOrder;
  for (bool const directed : {true, false})
    for (auto const order : {Order::by_g, Order::hub_first, Order::by_weight}) {
      check_load(some_edges(150, 1200, 1), directed, 16, {.in = true, .out = true, .weights = true, .order = order});
      check_load(some_edges(150, 1200, 1), directed, 16, {.in = false, .out = true, .weights = true, .order = order});
    }
  check_load(some_edges(150, 1200, 1), true, 16, {.order = Order::hub_first});
}

TEST_CASE("ids beyond 32 bits that come late, in the middle, and among small ones") {
  auto edges = some_edges(300, 4000, 1);
  edges.push_back({std::uint64_t{1} << 40U, 7, 0.5});
  edges.push_back({(std::uint64_t{1} << 63U) - 1, std::uint64_t{1} << 40U, 0.25});
  auto more = some_edges(300, 2000, 3);
  edges.insert(edges.end(), more.begin(), more.end());

  check_load(edges, true, 16, {.out = true, .weights = true, .positions = true});
  check_load(edges, false, 16, {.weights = true, .positions = true});
}

TEST_CASE("several threads load the same, from several blocks, also where ids outgrow 32 bits") {
  auto edges = some_edges(2000, 20'000, 1);
  check_load(edges, true, 16, {.out = true, .weights = true, .positions = true}, 4);
  check_load(edges, false, 16, {.order = pel::RowOrder::hub_first}, 3);
  edges.push_back({std::uint64_t{1} << 50U, 1, 0.5});
  check_load(edges, false, 5, {.weights = true, .order = pel::RowOrder::by_weight}, 4);
}

TEST_CASE("weights that the input was not opened for are refused") {
  auto world = make_world();
  auto const path = file(world, "unweighted", "1 2\n");
  auto const input = pel::graph::EdgeInput::open({path, nullptr}, {});

  CHECK_THROWS_AS((void)pel::graph::load(world, 8, input, true, {.weights = true}), pel::ConfigError);
}

TEST_CASE("positions are the places of ids among all ids") {
  check_load(some_edges(200, 900, 1), true, 16, {.positions = true});
  check_load(some_edges(200, 900, 1U << 30U), false, 7, {.positions = true});
  check_load(some_edges(3, 20, 1), false, 16, {.positions = true});
}

TEST_CASE("a row longer than what is sorted at a time, of a star") {
  Edges edges;
  for (std::uint64_t i = 1; i < 700'000; ++i) edges.push_back({0, i, static_cast<double>(i % 5)});
  auto world = make_world();
  auto const path = file(world, "star", text_of(edges));

  auto const graph = load(world, 8, path, false, {.weights = true});

  for (std::size_t v = 0; v < graph->ids.size(); ++v) {
    auto const row = graph->in.row(v);
    if (graph->ids[v] != 0) {
      if (row.size() != 1) CHECK(row.size() == 1);
      continue;
    }
    CHECK(row.size() == edges.size());
    CHECK(std::is_sorted(row.begin(), row.end(),
                         [&](std::uint32_t a, std::uint32_t b) { return graph->order_of(a) < graph->order_of(b); }));
  }
  CHECK(graph->report.edges == edges.size());
}

TEST_CASE("more partitions than vertices, a loop alone, no edge at all") {
  check_load({{1, 2}, {2, 1}, {3, 3}}, true, 64);
  check_load({{1, 2}, {2, 1}, {3, 3}}, false, 64);
  check_load({}, true, 8);
}

TEST_CASE("loops and repeats are removed and counted") {
  auto world = make_world();
  auto const path = file(world, "repeats", "1 2\n1 2\n2 1\n3 3\n");

  auto const directed = load(world, 8, path, true);
  auto const undirected = load(world, 8, path, false);

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
  CHECK(load(world, 8, edges, true)->report.vertices == 3);
  file(world, "bad.v", "1\n2\n");
  auto const bad = file(world, "bad.e", "1 2\n2 1\n2 7\n");

  std::optional<pel::BadData> caught;
  try {
    (void)load(world, 8, bad, true);
  } catch (pel::BadData const& error) {
    caught = error;
  }

  CHECK(caught.has_value());
  if (caught) {
    CHECK(caught->line == 3);
    CHECK(caught->column == 3);
  }
}

TEST_CASE("without a list of vertices, those with an edge must be all that the properties promise") {
  auto world = make_world();
  auto const edges = file(world, "counted.e", "1 2\n2 3\n3 3\n");
  auto const refused = [&](int promised) -> std::optional<pel::BadData> {
    file(world, "counted.properties", "directed = true\nmeta.vertices = " + std::to_string(promised) + "\n");
    try {
      (void)load(world, 8, edges, std::nullopt);
    } catch (pel::BadData const& error) {
      return error;
    }
    return std::nullopt;
  };

  auto const more = refused(2), right = refused(3), fewer = refused(4);

  CHECK_FALSE(right.has_value());
  for (auto const& error : {more, fewer}) {
    CHECK(error.has_value());
    if (!error) continue;
    CHECK(error->line == 2);
    CHECK(error->problem.find("but 3 have an edge, and there is no list of vertices") != std::string::npos);
  }
}

TEST_CASE("vertices that a bad line may have held are not missed") {
  auto world = make_world();
  auto const edges = file(world, "holes.e", "1 2\n2 3\n4 x\n");
  file(world, "holes.properties", "directed = true\nmeta.vertices = 5\n");
  auto const input = pel::graph::EdgeInput::open({edges, nullptr}, {.max_bad = 1});

  CHECK(pel::graph::load(world, 8, input, true)->report.vertices == 3);
}

TEST_CASE("a loop on an undeclared vertex is refused like any edge to it") {
  auto world = make_world();
  file(world, "loop.v", "1\n2\n");
  auto const edges = file(world, "loop.e", "1 2\n9 9\n");

  CHECK_THROWS_AS((void)load(world, 8, edges, true), pel::BadData);
}

TEST_CASE("edges to undeclared vertices are bad lines, and may be tolerated as such") {
  auto world = make_world();
  file(world, "some.v", "1\n2\n3\n4\n");
  auto const edges = file(world, "some.e", "1 2 1\n9 9 1\n2 3 2\n3 x 1\n3 7 1\n9 3 1\n3 1 4\n8 7 1\n4 4 1\n");
  auto const clean = file(world, "clean", "1 2 1\n2 3 2\n3 1 4\n4 4 1\n");
  for (bool const directed : {true, false})
    for (std::uint64_t const tolerated : {0, 2, 4, 5, 100}) {
      auto const input = pel::graph::EdgeInput::open({edges, nullptr}, {.weights = true, .max_bad = tolerated});
      std::shared_ptr<pel::graph::RankGraph const> graph;
      std::optional<pel::BadData> refused;
      try {
        graph = pel::graph::load(world, 8, input, directed, {.out = true, .weights = true});
      } catch (pel::BadData const& error) {
        refused = error;
      }

      CHECK(refused.has_value() == (tolerated < 5));
      if (refused && tolerated == 4) {
        CHECK(refused->line == 2);
        CHECK(refused->column == 1);
        CHECK(refused->count == 5);
        CHECK(refused->others.find(edges + ":5:3: \"7\": ") != std::string::npos);
      }
      auto const same = load(world, 8, clean, directed, {.out = true, .weights = true});
      if (!graph) continue;
      CHECK(graph->ids == same->ids);
      CHECK(graph->in.first == same->in.first);
      CHECK(std::ranges::equal(graph->in.slots.part(0, graph->in.slots.size()),
                               same->in.slots.part(0, same->in.slots.size())));
      CHECK(graph->report.loops == 1);
      CHECK(graph->report.edges == 3);
    }
}

TEST_CASE("a vertex declared twice is refused, and so is a graph that nobody gave a direction") {
  auto world = make_world();
  file(world, "twice.v", "1\n2\n1\n");
  auto const twice = file(world, "twice.e", "1 2\n");
  auto const plain = file(world, "plain", "1 2\n");

  CHECK_THROWS_AS((void)load(world, 8, twice, true), pel::BadData);
  CHECK_THROWS_AS((void)load(world, 8, plain, std::nullopt), pel::UsageError);
}
