#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "whole_input.hpp"

using pel::test::Edges;
using pel::test::opened;
using pel::test::read_all;

TEST_CASE("generated weights are those of the reference generator, of undirected edges from the smaller id") {
  for (bool const directed : {true, false}) {
    auto const input = opened("rmat:scale=8", {.weights = true, .directed = directed});
    for (int const shares : {1, 3}) {
      auto const all = read_all(input, shares);
      REQUIRE(all.weights.size() == all.edges.size());
      bool right = true;
      for (std::size_t i = 0; i < all.edges.size(); ++i) {
        auto [source, target] = all.edges[i];
        if (!directed && source > target) std::swap(source, target);
        auto const hash = pel::base::mix64((source << 32 | target) + 0x9E3779B97F4A7C15);
        right = right && all.weights[i] == static_cast<double>(1 + hash % 255);
      }
      CHECK(right);
    }
  }
}

TEST_CASE("shapes declare their vertices, in any count of shares") {
  for (int const shares : {1, 2, 5, 9}) {
    auto const all = read_all("path:vertices=4", shares);
    CHECK(all.vertices == std::vector<std::uint64_t>{0, 1, 2, 3});
    CHECK(all.edges == Edges{{0, 1}, {1, 2}, {2, 3}});
  }
  CHECK(opened("star:vertices=1").declares_vertices());
  CHECK(opened("grid:").directed() == false);
  CHECK(opened("grid:", {.directed = true}).directed() == true);
}
