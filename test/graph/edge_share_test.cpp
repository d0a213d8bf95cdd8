#include "graph/edge_share.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "../data/packed.hpp"
#include "../data/temporary_directory.hpp"
#include "base/digest.hpp"
#include "base/hash.hpp"
#include "support/serial_test.hpp"

using pel::graph::digest_of_source;
using pel::graph::EdgeShare;
using pel::graph::read_share;
using pel::test::packed;
using pel::test::TemporaryDirectory;

namespace {

using Edges = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

pel::graph::GraphSource source_of(std::string spec) { return {std::move(spec), nullptr}; }

// All shares in a row.
EdgeShare read_all(pel::graph::GraphSource const& source, int shares) {
  EdgeShare all;
  for (int share = 0; share < shares; ++share) {
    auto const part = read_share(source, share, shares);
    all.vertices.insert(all.vertices.end(), part.vertices.begin(), part.vertices.end());
    all.edges.insert(all.edges.end(), part.edges.begin(), part.edges.end());
    all.input_bytes += part.input_bytes;
    all.declared = part.declared;
    all.directed = part.directed;
    all.names = part.names;
  }
  return all;
}

Edges edges_of(std::string const& spec) { return read_all(source_of(spec), 1).edges; }

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
  for (auto const& name : {directory.write("list.txt", text), directory.write("list.zst", packed(text)),
                           directory.write("cut.txt", text.substr(0, text.size() - 1))})
    for (auto const shares : share_counts) {
      auto const all = read_all(source_of(name), shares);
      CHECK((all.edges == expected));
      CHECK_FALSE(all.declared);
      CHECK_FALSE(all.directed.has_value());
      CHECK(all.names == nullptr);
      CHECK(all.input_bytes >= text.size() - 1);
    }
}

TEST_CASE("every cut of small lists gives each edge once") {
  TemporaryDirectory const directory;
  for (auto const* const text : {"1 2\n3 4\n5 6\n", "1 2\n\n\n3 4\n#\n5 6",
                                 "\xEF\xBB\xBF"
                                 "1,2\r\n3\t4\r\n  5  6  \r\n",
                                 "%\n1 ,2\n3, 4 5 x\n5 6 7\n\n", "0001 02\n3 4\n5 00000000000000000000006"})
    for (int shares = 1; shares < 60; ++shares)
      CHECK(read_all(source_of(directory.write("t", text)), shares).edges == Edges{{1, 2}, {3, 4}, {5, 6}});
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
    for (auto const& name : {directory.write("t", fault.text), directory.write("t.zst", packed(fault.text))}) {
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
  int refused = 0;
  for (int share = 0; share < 7; ++share) try {
      (void)read_share(source_of(name), share, 7);
    } catch (pel::BadData const& error) {
      ++refused;
      CHECK(error.line == 701);
    }
  CHECK(refused == 1);
}

TEST_CASE("a prefix and an .e file bring the vertices and the direction with them, packed or not") {
  TemporaryDirectory const directory;
  std::string const edges = "1 2 0.5\n2 4 1.5\n", vertices = "4 x\n1\n\n2\n9\n";
  directory.write("plain.e", edges);
  directory.write("plain.v", vertices);
  directory.write("plain.properties", "# c\ngraph.plain.meta.edges = 2\ngraph.plain.directed = true\n");
  directory.write("packed.e.zst", packed(edges));
  directory.write("packed.v.zst", packed(vertices));
  directory.write("packed.properties", "directed=false\r\n");
  directory.write("alone.e", edges);

  for (auto const* const name : {"plain", "plain.e", "packed", "packed.e.zst"})
    for (auto const shares : share_counts) {
      auto const all = read_all(source_of(directory.path(name)), shares);
      CHECK(all.vertices == std::vector<std::uint64_t>{4, 1, 2, 9});
      CHECK(all.edges == Edges{{1, 2}, {2, 4}});
      CHECK(all.declared);
      CHECK(all.directed == std::string_view(name).starts_with("plain"));
      CHECK(all.input_bytes == edges.size() + vertices.size());
    }
  auto const alone = read_all(source_of(directory.path("alone")), 1);
  CHECK(alone.edges.size() == 2);
  CHECK_FALSE(alone.declared);
  CHECK_FALSE(alone.directed.has_value());
}

TEST_CASE("faults of the files beside the edges are named") {
  TemporaryDirectory const directory;
  directory.write("g.e", "1 2\n");
  auto const vertices = directory.write("g.v", "1\nfoo\n");
  try {
    (void)read_share(source_of(directory.path("g")), 0, 1);
    FAIL("not refused");
  } catch (pel::BadData const& error) {
    CHECK(error.file == vertices);
    CHECK(error.line == 2);
  }
  auto const properties = directory.write("g.properties", "\ngraph.g.directed = maybe\n");
  try {
    (void)read_share(source_of(directory.path("g")), 0, 1);
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

  auto const error = pel::graph::unknown_vertex(source_of(directory.path("g")), 7);

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
      auto const all = read_all(source_of(spec), shares);
      CHECK(all.edges == edges_of(spec));
      CHECK_FALSE(all.declared);
      CHECK(all.input_bytes == 0);
    }
}

TEST_CASE("the packages of a machine are a directed graph with names") {
  auto const lists = std::make_shared<std::string const>(
      "Package: a\nDepends: b, c\n\nPackage: b\n\nPackage: c\nDepends: a\n\nPackage: d\n");
  for (auto const shares : share_counts) {
    auto const all = read_all({"debian:", lists}, shares);
    CHECK(all.vertices == std::vector<std::uint64_t>{0, 1, 2, 3});
    CHECK(all.edges == Edges{{0, 1}, {0, 2}, {2, 0}});
    CHECK(all.declared);
    CHECK(all.directed == true);
    REQUIRE(all.names != nullptr);
    CHECK(*all.names == std::vector<std::string>{"a", "b", "c", "d"});
    CHECK(all.input_bytes == lists->size());
  }
}

TEST_CASE("the digest of a source is of its content") {
  TemporaryDirectory const directory;
  std::string const text = "1 2\n3 4\n";
  auto const digest = [](std::string const& spec) { return digest_of_source(source_of(spec)); };
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
  CHECK(digest_of_source({"debian:", std::make_shared<std::string const>(text)}) == plain);
}

TEST_CASE("the graph p2p-31 has the vertices and edges it should") {
  auto const prefix = (pel::test::data_sets() / "graph-p2p-31" / "p2p-31").string();
  if (!std::filesystem::exists(prefix + ".e.zst"))
    return pel::test::skip("there is no " + prefix + ".e.zst (PEL_DATA names the folder of the data sets)");
  for (auto const shares : {1, 3}) {
    auto const all = read_all(source_of(prefix), shares);
    CHECK(all.declared);
    CHECK(all.vertices.size() == 62'586);
    CHECK(all.edges.size() == 147'892);
  }
}
