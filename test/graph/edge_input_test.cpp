#include "graph/edge_input.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "../data/compressed.hpp"
#include "../data/temporary_directory.hpp"
#include "base/digest.hpp"
#include "base/hash.hpp"
#include "support/serial_test.hpp"
#include "whole_input.hpp"

using pel::graph::EdgeInput;
using pel::test::Edges;
using pel::test::edges_of;
using pel::test::gzipped;
using pel::test::opened;
using pel::test::packed;
using pel::test::read_all;
using pel::test::TemporaryDirectory;

namespace {

constexpr int share_counts[] = {1, 2, 3, 5, 7};

// Digits of all lengths, several separators, comments; more than one block of 4 MiB.
std::string large_list(Edges& edges) {
  std::string text;
  for (std::uint64_t i = 0; i < 400'000; ++i) {
    auto const a = pel::base::mix64(2 * i) >> (1 + i % 60), b = pel::base::mix64(2 * i + 1) >> (1 + i * 7 % 60);
    edges.emplace_back(a, b);
    text += std::to_string(a) + (i % 3 == 0 ? " " : i % 3 == 1 ? "\t" : ", ") + std::to_string(b);
    text += i % 5 == 0 ? " 0.25 more\n" : i % 7 == 0 ? "\r\n" : "\n";
    if (i % 1000 == 0) text += "# comment 1 2\n\n% 3 4\n";
  }
  return text;
}

}  // namespace

TEST_CASE("all shares together are the whole list, in order, for any count of shares") {
  TemporaryDirectory const directory;
  Edges expected;
  auto const text = large_list(expected);
  for (auto const& name :
       {directory.write("list.txt", text), directory.write("list.zst", packed(text)),
        directory.write("packed", gzipped(text)), directory.write("cut.txt", text.substr(0, text.size() - 1))})
    for (auto const shares : share_counts) {
      auto const input = opened(name);
      CHECK((read_all(input, shares).edges == expected));
      CHECK_FALSE(input.declares_vertices());
      CHECK_FALSE(input.directed().has_value());
      CHECK(input.names() == nullptr);
      CHECK(input.bytes() >= text.size() - 1);
    }
}

TEST_CASE("every cut of small lists gives each edge once") {
  TemporaryDirectory const directory;
  for (auto const* const text : {"1 2\n3 4\n5 6\n", "1 2\n\n\n3 4\n#\n5 6",
                                 "\xEF\xBB\xBF"
                                 "1,2\r\n3\t4\r\n  5  6  \r\n",
                                 "%\n1 ,2\n3, 4 5 x\n5 6 7\n\n", "0001 02\n3 4\n5 00000000000000000000006"})
    for (int shares = 1; shares < 60; ++shares)
      CHECK(read_all(directory.write("t", text), shares).edges == Edges{{1, 2}, {3, 4}, {5, 6}});
}

TEST_CASE("lists without edges are valid") {
  TemporaryDirectory const directory;
  for (auto const* const text : {"", "\n", "\n\r\n \n", "# only a comment", "%\n#\n", "\xEF\xBB\xBF"})
    CHECK(edges_of(directory.write("t", text)).empty());
}

TEST_CASE("ids go up to 2^63 - 1") {
  TemporaryDirectory const directory;
  CHECK(edges_of(directory.write("t", "9223372036854775807 0\n0 9223372036854775806")) ==
        Edges{{9'223'372'036'854'775'807U, 0}, {0, 9'223'372'036'854'775'806U}});
}

TEST_CASE("the first bad place is named") {
  struct Fault {
    char const* text;
    std::int64_t line, column;
    char const* problem;
  };
  TemporaryDirectory const directory;
  for (auto const& fault :
       {Fault{"1 2\n3 x12\n", 2, 3, "\"x12\": expected a vertex number"},
        Fault{"x12 3 4\n1 2\n", 1, 1, "\"x12\": expected a vertex number"},
        Fault{"# c\n\n 1 2y\n3", 3, 4, "\"2y\": expected a vertex number"},
        Fault{"1\n", 1, 2, "the line ends here: expected a second vertex number"},
        Fault{"1 2\n7 \r\n", 2, 4, "the line ends here: expected a second vertex number"},
        Fault{"1", 1, 2, "the line ends here: expected a second vertex number"},
        Fault{"1,,2\n", 1, 3, "\",2\": expected a vertex number"},
        Fault{",1,2\n", 1, 1, "\",1\": expected a vertex number"},
        Fault{"1 -2\n", 1, 3, "\"-2\": a vertex number is not negative"},
        Fault{"1 +2\n1 2.5\n1;2\n", 1, 3, "\"+2\": expected a vertex number"},
        Fault{"9223372036854775808 1", 1, 1, "\"9223372036854775808\": a vertex number is at most 9223372036854775807"},
        Fault{"1 99999999999999999999999999\n", 1, 3,
              "\"99999999999999999999999999\": a vertex number is at most 9223372036854775807"},
        Fault{"1 \x1b[31m\n", 1, 3, "\"\\x1b[31m\": expected a vertex number"}})
    for (auto const& name : {directory.write("t", fault.text), directory.write("t.zst", packed(fault.text)),
                             directory.write("t.gz", gzipped(fault.text))}) {
      CAPTURE(fault.text);
      try {
        (void)edges_of(name);
        FAIL("not refused");
      } catch (pel::BadData const& error) {
        CHECK(error.file == name);
        CHECK(error.line == fault.line);
        CHECK(error.column == fault.column);
        CHECK(error.problem == fault.problem);
      }
    }
}

TEST_CASE("the line of a bad place counts from the start of the file, whatever the share") {
  TemporaryDirectory const directory;
  std::string text;
  for (int i = 0; i < 1000; ++i) text += i == 700 ? "bad line\n" : "1 2\n";
  auto const name = directory.write("t", text);
  auto const input = opened(name);
  for (int shares = 1; shares < 8; ++shares) {
    auto const all = read_all(input, shares);
    CHECK(all.edges.size() == 999);
    CHECK(all.bad.count() == 1);
    CHECK(input.error_of(all.bad).line == 701);
  }
}

TEST_CASE("bad lines are counted and the first ten told, whatever the shares") {
  TemporaryDirectory const directory;
  std::string edges, vertices = "x\n";
  for (int i = 0; i < 1000; ++i) {
    edges += i % 50 == 7 ? "1 y\n" : "1 2\n";
    vertices += std::to_string(i) + (i == 500 ? "z\n" : "\n");
  }
  auto const name = directory.write("g.e", edges);
  auto const declared = directory.write("g.v", vertices);
  auto const input = opened(directory.path("g"));
  for (int shares = 1; shares < 8; ++shares) {
    auto const error = input.error_of(read_all(input, shares).bad);
    CHECK(error.file == declared);
    CHECK(error.line == 1);
    CHECK(error.count == 22);
    CAPTURE(error.others);
    CHECK(error.others.starts_with(declared + ":502:1: \"500z\": expected a vertex number\n" + name + ":8:3: \"y\""));
    CHECK(error.others.ends_with(name + ":358:3: \"y\": expected a vertex number"));
  }
}

TEST_CASE("weights are read beside the edges, in a third column") {
  TemporaryDirectory const directory;
  std::string const text = "1 2 0.5\n# c\n3,4,1e3 more\r\n5\t6\t-0\n7 8 0.1";
  for (auto const& name : {directory.write("t", text), directory.write("t.gz", gzipped(text))})
    for (auto const shares : share_counts) {
      auto const input = opened(name, {.weights = true});
      auto const all = read_all(input, shares);
      CHECK(input.weighted());
      CHECK(all.bad.count() == 0);
      CHECK(all.edges == Edges{{1, 2}, {3, 4}, {5, 6}, {7, 8}});
      CHECK(all.weights == std::vector<double>{0.5, 1000, 0, 0.1});
      CHECK_FALSE(std::signbit(all.weights[2]));
    }
  CHECK(read_all(directory.path("t"), 1).weights.empty());
}

TEST_CASE("a weight that is none is refused by line and column where weights are wished, and only there") {
  struct Fault {
    char const* line;
    std::int64_t column;
    char const* problem;
  };
  TemporaryDirectory const directory;
  for (auto const& fault : {Fault{"3 4", 4, "the line ends here: expected a weight"},
                            Fault{"3 4 \r", 6, "the line ends here: expected a weight"},
                            Fault{"3 4 nan", 5, "\"nan\": expected a weight, a finite number from 0"},
                            Fault{"3 4  inf", 6, "\"inf\": expected a weight, a finite number from 0"},
                            Fault{"3 4 1e999 0.5", 5, "\"1e999\": expected a weight, a finite number from 0"},
                            Fault{"3 4 -0.5", 5, "\"-0.5\": a weight is not negative"},
                            Fault{"3 4 heavy", 5, "\"heavy\": expected a weight, a finite number from 0"},
                            Fault{"3 4 0.5x", 5, "\"0.5x\": expected a weight, a finite number from 0"},
                            Fault{"3 4,,0.5", 5, "\",0.5\": expected a weight, a finite number from 0"}}) {
    CAPTURE(fault.line);
    auto const name = directory.write("t", "1 2 0.5\n" + std::string(fault.line) + "\n5 6 1\n");
    CHECK(edges_of(name).size() == 3);
    try {
      (void)edges_of(name, {.weights = true});
      FAIL("not refused");
    } catch (pel::BadData const& error) {
      CHECK(error.file == name);
      CHECK(error.line == 2);
      CHECK(error.column == fault.column);
      CHECK(error.problem == fault.problem);
    }
  }
}

TEST_CASE("weights of an input that has none are a matter of configuration") {
  TemporaryDirectory const directory;
  auto const name = directory.write("t", "# c 1 2\n\n1 2\n3 4 0.5\n");
  try {
    (void)opened(name, {.weights = true});
    FAIL("not refused");
  } catch (pel::ConfigError const& error) {
    CHECK(error.problem == "has no weights: line 3 holds a source and a target alone");
  }
  auto const lists = std::make_shared<std::string const>("Package: a\n");
  CHECK_THROWS_AS((void)EdgeInput::open({"debian:", lists}, {.weights = true}), pel::ConfigError);
  CHECK(edges_of(directory.write("empty", "# nothing\n"), {.weights = true}).empty());
}

TEST_CASE("a prefix and an .e file bring the vertices and the direction with them, packed or not") {
  TemporaryDirectory const directory;
  std::string const edges = "1 2 0.5\n2 4 1.5\n", vertices = "4 x\n1\n\n2\n9\n";
  directory.write("plain.e", edges);
  directory.write("plain.v", vertices);
  directory.write("plain.properties",
                  "# c\ngraph.plain.meta.edges = 2\ngraph.plain.meta.vertices = 4\ngraph.plain.directed = true\n");
  directory.write("packed.e.zst", packed(edges));
  directory.write("packed.v.zst", packed(vertices));
  directory.write("packed.properties", "directed=false\r\n");
  directory.write("alone.e", edges);

  directory.write("packed2.e.gz", gzipped(edges));
  directory.write("packed2.v.gz", gzipped(vertices));
  directory.write("packed2.properties", "graph.x.directed = false\n");

  for (auto const* const name :
       {"plain", "plain.e", "plain.properties", "packed", "packed.e.zst", "packed2", "packed2.e.gz"})
    for (auto const shares : share_counts) {
      auto const input = opened(directory.path(name));
      auto const all = read_all(input, shares);
      CHECK(all.vertices == std::vector<std::uint64_t>{4, 1, 2, 9});
      CHECK(all.edges == Edges{{1, 2}, {2, 4}});
      CHECK(input.declares_vertices());
      CHECK(input.directed() == std::string_view(name).starts_with("plain"));
      CHECK(input.bytes() == edges.size());
    }
  auto const alone = opened(directory.path("alone"));
  CHECK(read_all(alone, 1).edges.size() == 2);
  CHECK_FALSE(alone.declares_vertices());
  CHECK_FALSE(alone.directed().has_value());
}

TEST_CASE("faults of the files beside the edges are named") {
  TemporaryDirectory const directory;
  directory.write("g.e", "1 2\n");
  auto const vertices = directory.write("g.v", "1\nfoo\n");
  try {
    (void)edges_of(directory.path("g"));
    FAIL("not refused");
  } catch (pel::BadData const& error) {
    CHECK(error.file == vertices);
    CHECK(error.line == 2);
  }
  auto const properties = directory.write("g.properties", "\ngraph.g.directed = maybe\n");
  try {
    (void)edges_of(directory.path("g"));
    FAIL("not refused");
  } catch (pel::BadData const& error) {
    CHECK(error.file == properties);
    CHECK(error.line == 2);
  }
}

TEST_CASE("an edge to a vertex that is not declared is found again") {
  TemporaryDirectory const directory;
  auto const edges = directory.write("g.e", "1 2\n# 7 7\n2 7\n77 1\n7 1\n");
  auto const vertices = directory.write("g.v", "1\n2\n77\n");

  auto const error = opened(directory.path("g")).unknown_vertex(7);

  CHECK(error.file == edges);
  CHECK(error.line == 3);
  CHECK(error.column == 3);
  CHECK(error.problem == "\"7\": " + vertices + " has no such vertex");
}

TEST_CASE("what is missing or damaged is an error") {
  TemporaryDirectory const directory;
  CHECK_THROWS_AS((void)edges_of(directory.path("none")), pel::MissingInput);
  CHECK_THROWS_AS((void)edges_of(directory.path("")), pel::MissingInput);
  auto const whole = packed("1 2\n3 4\n");
  CHECK_THROWS_AS((void)edges_of(directory.write("t.zst", whole.substr(0, whole.size() - 2))), pel::BadData);
  CHECK_THROWS_AS((void)edges_of("rmat:scale=99"), pel::UsageError);
}

TEST_CASE("the shares of generated graphs are ranges of their edges") {
  for (auto const* const spec : {"rmat:scale=8,seed=3", "rmat:scale=1,edge_factor=1"})
    for (auto const shares : share_counts) {
      auto const input = opened(spec);
      CHECK(read_all(input, shares).edges == edges_of(spec));
      CHECK_FALSE(input.declares_vertices());
      CHECK(input.directed() == false);
    }
}

TEST_CASE("the packages of a machine are a directed graph with names") {
  auto const lists = std::make_shared<std::string const>(
      "Package: a\nDepends: b, c\n\nPackage: b\n\nPackage: c\nDepends: a\n\nPackage: d\n");
  for (auto const shares : share_counts) {
    auto const input = EdgeInput::open({"debian:", lists}, {});
    auto const all = read_all(input, shares);
    CHECK(all.vertices == std::vector<std::uint64_t>{0, 1, 2, 3});
    CHECK(all.edges == Edges{{0, 1}, {0, 2}, {2, 0}});
    CHECK(input.declares_vertices());
    CHECK(input.directed() == true);
    REQUIRE(input.names() != nullptr);
    CHECK(*input.names() == std::vector<std::string>{"a", "b", "c", "d"});
  }
}

TEST_CASE("the digest of a source is of its content") {
  TemporaryDirectory const directory;
  std::string const text = "1 2\n3 4\n";
  auto const digest = [](std::string const& spec) { return opened(spec).digest(); };
  auto const plain = digest(directory.write("a.txt", text));

  CHECK(plain == pel::base::to_hex(pel::base::digest_of(std::as_bytes(std::span(text)))));
  CHECK(digest(directory.write("b.zst", packed(text))) == plain);
  CHECK(digest(directory.write("c.txt", text + "\n")) != plain);
  directory.write("g.e", text);
  CHECK(digest(directory.path("g")) == plain);
  directory.write("g.v", "1\n");
  auto const with_vertices = digest(directory.path("g"));
  CHECK(with_vertices != plain);
  directory.write("g.v", "2\n");
  CHECK(digest(directory.path("g")) != with_vertices);
  CHECK(digest("rmat:seed=1,scale=16") == digest("rmat:"));
  CHECK(digest("rmat:seed=2") != digest("rmat:"));
  CHECK(EdgeInput::open({"debian:", std::make_shared<std::string const>(text)}, {}).digest() == plain);
}

TEST_CASE("the graph p2p-31 has the vertices and edges it should") {
  auto const prefix = (pel::test::data_sets() / "graph-p2p-31" / "p2p-31").string();
  if (!std::filesystem::exists(prefix + ".e.zst"))
    return pel::test::skip("there is no " + prefix + ".e.zst (PEL_DATA names the folder of the data sets)");
  for (auto const shares : {1, 3}) {
    auto const all = read_all(prefix, shares);
    CHECK(all.vertices.size() == 62'586);
    CHECK(all.edges.size() == 147'892);
  }
}
