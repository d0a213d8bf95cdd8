#include "graph/input_agreement.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <optional>
#include <string>

#include "engine/world.hpp"
#include "graph/rank_graph.hpp"
#include "pel/error.hpp"
#include "support/mpi_test.hpp"

using pel::graph::EdgeInput;

namespace {

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

pel::graph::ReadCounts read_and_agree(pel::engine::World& world, EdgeInput const& input) {
  pel::graph::ReadCounts mine;
  pel::graph::EdgeBlock block;
  std::vector<std::uint64_t> ids;
  input.read_vertices(world.rank(), world.ranks(), ids, mine.bad);
  input.read_edges(world.rank(), world.ranks(), block, mine.bad);
  mine.vertices = ids.size();
  mine.edges = block.ends.size();
  return pel::graph::agree_on_input(world, input, mine);
}

std::optional<pel::BadData> refused(pel::engine::World& world, EdgeInput const& input) {
  try {
    (void)read_and_agree(world, input);
  } catch (pel::BadData const& error) {
    return error;
  }
  return std::nullopt;
}

// 100 edges, and 12 bad lines among them.
std::string bad_list(pel::engine::World& world) {
  std::string text;
  for (int i = 0; i < 112; ++i) text += i % 9 == 4 && i < 108 ? "1 x\n" : "1 2\n";
  return file(world, "list", text);
}

}  // namespace

TEST_CASE("bad lines beyond those tolerated are refused: the first ten are told, on any number of ranks") {
  auto world = make_world();
  auto const name = bad_list(world);

  auto const error = refused(world, EdgeInput::open({name, nullptr}, {.max_bad = 11}));

  CHECK(error.has_value());
  if (!error) return;
  CHECK(error->line == 5);
  CHECK(error->column == 3);
  CHECK(error->count == 12);
  CHECK(error->others.starts_with(name + ":14:3: \"x\": expected a vertex number\n" + name + ":23:3: "));
  CHECK(error->others.ends_with(name + ":86:3: \"x\": expected a vertex number"));
}

TEST_CASE("bad lines that are tolerated are left out and counted") {
  auto world = make_world();

  auto const sum = read_and_agree(world, EdgeInput::open({bad_list(world), nullptr}, {.max_bad = 12}));

  CHECK(sum.edges == 100);
  CHECK(sum.bad.count() == 12);
}

TEST_CASE("counts of all ranks are held against what is promised") {
  auto world = make_world();
  file(world, "g.v", "1\n2\n3\n");
  auto const name = file(world, "g.e", "1 2\n2 3\n3 1\n1 3\n");
  file(world, "g.properties", "meta.vertices = 3\nmeta.edges = 4\n");
  auto const right = read_and_agree(world, EdgeInput::open({name, nullptr}, {}));
  file(world, "g.properties", "meta.vertices = 3\nmeta.edges = 5\n");

  auto const error = refused(world, EdgeInput::open({name, nullptr}, {}));

  CHECK(right.vertices == 3);
  CHECK(right.edges == 4);
  CHECK(error.has_value());
  if (error) CHECK(error->line == 2);
}
