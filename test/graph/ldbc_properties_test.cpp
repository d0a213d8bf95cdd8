#include "graph/ldbc_properties.hpp"

#include <doctest/doctest.h>

#include <string>

#include "../data/temporary_directory.hpp"
#include "pel/error.hpp"

using pel::graph::LdbcProperties;
using pel::test::TemporaryDirectory;

TEST_CASE("everything a properties file can say is read") {
  TemporaryDirectory const directory;
  auto const read = LdbcProperties::read(directory.write("g.properties", R"(# graph.g.directed = false
graph.g.vertex-file = ../g.v
graph.g.edge-file=g.e
  graph.g.meta.vertices = 10
graph.g.meta.edges = 17

graph.g.directed = true
graph.g.edge-properties.names = since, weight
graph.g.edge-properties.types = real, real
graph.g.algorithms = bfs, sssp
graph.g.bfs.source-vertex = 1
graph.g.cdlp.max-iterations = 2
graph.g.pr.damping-factor = 0.85
graph.g.pr.num-iterations = 3
graph.g.sssp.weight-property = weight
graph.g.sssp.source-vertex = somebody
)"));

  CHECK(read.directed == true);
  CHECK(read.vertex_file == "../g.v");
  CHECK(read.edge_file == "g.e");
  REQUIRE(read.vertices.has_value());
  CHECK(read.vertices->number == 10);
  CHECK(read.vertices->line == 4);
  REQUIRE(read.edges.has_value());
  CHECK(read.edges->number == 17);
  CHECK(read.between == 1);
  CHECK(read.defaults.bfs_source == "1");
  CHECK(read.defaults.sssp_source == "somebody");
  CHECK(read.defaults.cdlp_iterations == 2);
  CHECK(read.defaults.pagerank_iterations == 3);
  CHECK(read.defaults.damping == 0.85);
}

TEST_CASE("what is not said is not known") {
  TemporaryDirectory const directory;
  auto const read = LdbcProperties::read(directory.write("g.properties", "directed=false\r\nsomething else\n"));
  CHECK(read.directed == false);
  CHECK_FALSE(read.vertices.has_value());
  CHECK_FALSE(read.between.has_value());
  CHECK_FALSE(read.defaults.bfs_source.has_value());
}

TEST_CASE("weights in a column that is not named are refused, with the place of who asks for them") {
  TemporaryDirectory const directory;
  auto const path = directory.write(
      "g.properties", "directed = true\nsssp.weight-property = tiem\nedge-properties.names = cost, time\n");
  try {
    (void)LdbcProperties::read(path);
    FAIL("not refused");
  } catch (pel::BadData const& error) {
    CHECK(error.line == 2);
    CHECK(error.column == 24);
    CHECK(error.problem == "\"tiem\": expected one of edge-properties.names");
  }
}

TEST_CASE("a value that cannot be read is refused with its place") {
  TemporaryDirectory const directory;
  for (auto const* const line : {"graph.g.directed = maybe", "graph.g.meta.edges = ", "graph.g.meta.vertices = -1",
                                 "graph.g.pr.damping-factor = 0.85x", "graph.g.pr.damping-factor = 1.5",
                                 "graph.g.pr.damping-factor = nan", "graph.g.cdlp.max-iterations = 5000000000"}) {
    CAPTURE(line);
    auto const path = directory.write("g.properties", "\n" + std::string(line) + "\n");
    try {
      (void)LdbcProperties::read(path);
      FAIL("not refused");
    } catch (pel::BadData const& error) {
      CHECK(error.file == path);
      CHECK(error.line == 2);
      CHECK(error.column >= 20);
    }
  }
}
