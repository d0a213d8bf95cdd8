#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "../data/compressed.hpp"
#include "../data/temporary_directory.hpp"
#include "whole_input.hpp"

using pel::graph::EdgeInput;
using pel::test::Edges;
using pel::test::edges_of;
using pel::test::gzipped;
using pel::test::opened;
using pel::test::read_all;
using pel::test::TemporaryDirectory;

namespace {

constexpr int share_counts[] = {1, 2, 3, 5, 7, 40};

EdgeInput::Wishes const names{.names = true}, names_and_weights{.weights = true, .names = true};

}  // namespace

TEST_CASE("names are numbered by their bytes, for any count of shares and any order of lines") {
  TemporaryDirectory const directory;
  for (std::string const text : {"# c\nlib c\nb\tlib\r\n\n10,b more\nb b", "b b\n10 b\n b lib\nlib c\n"})
    for (auto const& name : {directory.write("list", text), directory.write("list.gz", gzipped(text))})
      for (auto const shares : share_counts) {
        auto const input = opened(name, names);
        auto all = read_all(input, shares);
        std::sort(all.edges.begin(), all.edges.end());
        CHECK(all.bad.count() == 0);
        CHECK(all.edges == Edges{{0, 1}, {1, 1}, {1, 3}, {3, 2}});
        CHECK_FALSE(input.declares_vertices());
        REQUIRE(input.names() != nullptr);
        CHECK(*input.names() == std::vector<std::string>{"10", "b", "c", "lib"});
      }
}

TEST_CASE("declared names keep those without edges, and refuse others") {
  TemporaryDirectory const directory;
  auto const edges = directory.write("g.e", "b a\na x\nb c\n");
  directory.write("g.v", "c\nb further\na\nalone\n");
  auto const input = opened(directory.path("g"), names);
  auto const all = read_all(input, 2);

  CHECK(all.vertices == std::vector<std::uint64_t>{3, 2, 0, 1});
  CHECK(all.edges == Edges{{2, 0}, {2, 3}});
  CHECK(all.bad.count() == 1);
  auto const error = input.error_of(all.bad);
  CHECK(error.file == edges);
  CHECK(error.line == 2);
  CHECK(error.column == 3);
  CHECK(error.problem == "\"x\": " + directory.path("g.v") + " has no such vertex");
}

TEST_CASE("a name declared twice is found where it is the second time") {
  TemporaryDirectory const directory;
  directory.write("g.e", "");
  directory.write("g.v", "b\na\nb\n");
  auto const input = opened(directory.path("g"), names);
  CHECK(read_all(input, 1).vertices == std::vector<std::uint64_t>{1, 0, 1});
  CHECK(input.repeated_vertex(1).line == 3);
  CHECK(input.repeated_vertex(1).problem == "vertex b is declared twice");
}

TEST_CASE("lines of names have weights, and faults, like others") {
  TemporaryDirectory const directory;
  auto const name = directory.write("t", "a b 0.5\na\nb,,1\nb c heavy\nc a 2\n");
  auto const input = opened(name, names_and_weights);
  auto const all = read_all(input, 3);

  CHECK(all.weights == std::vector<double>{0.5, 2});
  CHECK(all.edges.size() == 2);
  CHECK(input.places_of(all.bad) ==
        std::vector<std::string>{name + ":2:2: the line ends here: expected a second vertex name",
                                 name + ":3:3: expected a vertex name",
                                 name + ":4:5: \"heavy\": expected a weight, a finite number from 0"});
  CHECK_THROWS_AS((void)opened(directory.write("none", "# c\na b\n"), names_and_weights), pel::ConfigError);
}

TEST_CASE("numbers stay numbers where names make no sense") {
  TemporaryDirectory const directory;
  auto const matrix = directory.write("m", "%%MatrixMarket matrix coordinate pattern general\n0 0 0\n");
  CHECK_THROWS_AS((void)opened(matrix, names), pel::UsageError);
  CHECK_THROWS_AS((void)opened("rmat:scale=4", names), pel::UsageError);
}

TEST_CASE("the digest tells names from numbers") {
  TemporaryDirectory const directory;
  auto const name = directory.write("t", "1 2\n");
  CHECK(opened(name, names).digest() != opened(name).digest());
}
