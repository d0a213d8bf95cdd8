#include <doctest/doctest.h>

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "../data/compressed.hpp"
#include "../data/temporary_directory.hpp"
#include "whole_input.hpp"

using pel::test::Edges;
using pel::test::edges_of;
using pel::test::gzipped;
using pel::test::opened;
using pel::test::packed;
using pel::test::read_all;
using pel::test::read_whole;
using pel::test::TemporaryDirectory;

namespace {

// What a loader would say of it.
pel::BadData refused(std::string const& spec) {
  try {
    (void)read_whole(opened(spec));
  } catch (pel::BadData const& error) {
    return error;
  }
  return {"not refused", 0, 0, -1, ""};
}

constexpr int share_counts[] = {1, 2, 3, 5, 7, 40};

}  // namespace

TEST_CASE("a Matrix Market file has all vertices from 1 to n, and says its direction") {
  TemporaryDirectory const directory;
  std::string const entries = "% comment\n\n3 2\n1 3 0.5\r\n 2 2\t7", comment = "%%MatrixMarket matrix coordinate ";
  for (auto const shares : share_counts)
    for (auto const* const kind : {"real general", "pattern symmetric"}) {
      auto const text = comment + kind + "\n%c\n4 4 3\n" + entries;
      for (auto const& name : {directory.write("m.mtx", text), directory.write("m.mtx.gz", gzipped(text)),
                               directory.write("m", packed(text))}) {
        auto const input = opened(name);
        auto const all = read_all(input, shares);
        CHECK(all.bad.count() == 0);
        CHECK(all.edges == Edges{{3, 2}, {1, 3}, {2, 2}});
        CHECK(all.vertices == std::vector<std::uint64_t>{1, 2, 3, 4});
        CHECK(input.declares_vertices());
        CHECK(input.directed() == (std::string(kind) == "real general"));
        CHECK(input.vertices_promised() == 4);
        CHECK(input.edges_promised() == 3);
      }
    }
}

TEST_CASE("a symmetric matrix is no directed graph: half of its arcs are not stored") {
  TemporaryDirectory const directory;
  auto const matrix = [&](std::string const& symmetry) {
    return directory.write("m.mtx", "%%MatrixMarket matrix coordinate pattern " + symmetry + "\n3 3 1\n2 1\n");
  };
  auto const symmetric = matrix("symmetric");
  CHECK_THROWS_AS((void)opened(symmetric, {.directed = true}), pel::UsageError);
  CHECK_NOTHROW((void)opened(symmetric, {.directed = false}));
  CHECK_NOTHROW((void)opened(matrix("general"), {.directed = true}));
}

TEST_CASE("the entries of a real or integer matrix are weights, a pattern has none") {
  TemporaryDirectory const directory;
  auto const matrix = [&](std::string const& kind) {
    return directory.write("m", "%%MatrixMarket matrix coordinate " + kind + " general\n3 3 2\n1 2 1.5e0\n2 3 4\n");
  };
  CHECK(read_whole(opened(matrix("real"), {.weights = true})).weights == std::vector<double>{1.5, 4});
  CHECK(read_whole(opened(matrix("integer"), {.weights = true})).weights == std::vector<double>{1.5, 4});
  CHECK_THROWS_AS((void)opened(matrix("pattern"), {.weights = true}), pel::ConfigError);
}

TEST_CASE("entries outside of the matrix, and another count of them, are refused by line") {
  TemporaryDirectory const directory;
  auto const matrix = [&](std::string const& rest) {
    return directory.write("m", "%%MatrixMarket matrix coordinate pattern general\n" + rest);
  };
  auto const large = refused(matrix("3 3 2\n1 2\n2 4\n")), small = refused(matrix("3 3 1\n0 2\n"));
  CHECK(large.line == 4);
  CHECK(large.column == 3);
  CHECK(large.problem == "\"4\": a vertex number is at most 3");
  CHECK(small.line == 3);
  CHECK(small.problem == "\"0\": a vertex number is at least 1");
  CHECK(refused(matrix("0 0 1\n1 1\n")).line == 3);
  auto const fewer = refused(matrix("%\n3 3 3\n1 2\n"));
  CHECK(fewer.line == 3);
  CHECK(fewer.problem == "says 3 entries, but there are 1");
  CHECK(refused(matrix("3 3 1\n1 2\n1 3\n")).problem == "says 1 entries, but there are 2");
  CHECK(edges_of(matrix("0 0 0\n")).empty());
}

TEST_CASE("counts of properties are checked, and bad lines count as either") {
  TemporaryDirectory const directory;
  directory.write("g.e", "1 2\n2 3\n");
  directory.write("g.v", "1\n2\n3\n");
  auto const properties = [&](std::string const& text) { directory.write("g.properties", text); };
  auto const prefix = directory.path("g");

  properties("meta.vertices = 3\nmeta.edges = 2\n");
  CHECK(edges_of(prefix).size() == 2);
  CHECK(opened(prefix).edges_promised() == 2);
  properties("directed = true\nmeta.vertices = 4\nmeta.edges = 2\n");
  CHECK(refused(prefix).file == prefix + ".properties");
  CHECK(refused(prefix).line == 2);
  CHECK(refused(prefix).problem == "says 4 vertices, but there are 3");
  CHECK_NOTHROW(opened(prefix).check_promises(3, 2, 1));
  properties("meta.edges = 1\n");
  CHECK(refused(prefix).problem == "says 1 edges, but there are 2");
  CHECK_THROWS_AS(opened(prefix).check_promises(3, 2, 1), pel::BadData);
}

TEST_CASE("properties name the column of weights, and say what kernels start from") {
  TemporaryDirectory const directory;
  directory.write("g.e", "1 2 2001 0.5\n2 3 2002 x\n");
  directory.write("g.properties",
                  "edge-properties.names = since, weight\nsssp.weight-property = weight\n"
                  "graph.g.bfs.source-vertex = 2\n");
  auto const input = opened(directory.path("g"), {.weights = true});
  auto const all = read_all(input, 1);

  CHECK(all.weights == std::vector<double>{0.5});
  CHECK(input.error_of(all.bad).line == 2);
  CHECK(input.error_of(all.bad).column == 10);
  CHECK(input.defaults().bfs_source == "2");
}

TEST_CASE("the same lines with weights in another column are another graph") {
  TemporaryDirectory const directory;
  directory.write("g.e", "1 2 5 0.5\n");
  std::set<std::string> digests;
  for (auto const* const weight : {"cost", "time"}) {
    directory.write("g.properties",
                    "edge-properties.names = cost, time\nsssp.weight-property = " + std::string(weight) + "\n");
    for (bool const names : {false, true}) {
      pel::graph::EdgeInput::Wishes wishes;
      wishes.weights = true;
      wishes.names = names;
      digests.insert(opened(directory.path("g"), wishes).digest());
    }
  }
  CHECK(digests.size() == 4);
}

TEST_CASE("properties may name files elsewhere") {
  TemporaryDirectory const directory;
  directory.write("shared.e.zst", packed("1 2\n"));
  directory.write("shared.v.gz", gzipped("1\n2\n9\n"));
  std::filesystem::create_directory(directory.path("sub"));
  directory.write("sub/g.properties", "graph.g.vertex-file = ../shared.v\ngraph.g.edge-file = ../shared.e\n");

  for (auto const* const name : {"sub/g", "sub/g.properties"}) {
    auto const all = read_all(directory.path(name), 2);
    CHECK(all.edges == Edges{{1, 2}});
    CHECK(all.vertices.size() == 3);
  }
}

TEST_CASE("a vertex declared twice is found where it is the second time") {
  TemporaryDirectory const directory;
  directory.write("g.e", "");
  auto const vertices = directory.write("g.v", "7\n# 8\n8\n9\n  8\n8\n");
  auto const error = opened(directory.path("g")).repeated_vertex(8);
  CHECK(error.file == vertices);
  CHECK(error.line == 5);
  CHECK(error.column == 3);
}
