#include "graph/shape.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "pel/error.hpp"

using pel::graph::Shape;

namespace {

using Edges = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

Edges all_edges(std::string const& spec) {
  auto const shape = Shape::parse(spec);
  Edges edges;
  for (std::uint64_t i = 0; i < shape.edges(); ++i) shape.append_edges(i, i + 1, edges);
  return edges;
}

}  // namespace

TEST_CASE("grids, paths and stars have the edges they should") {
  CHECK(all_edges("grid:rows=2,columns=3") == Edges{{0, 1}, {1, 2}, {3, 4}, {4, 5}, {0, 3}, {1, 4}, {2, 5}});
  CHECK(all_edges("grid:rows=3,columns=1") == Edges{{0, 1}, {1, 2}});
  CHECK(all_edges("path:vertices=4") == Edges{{0, 1}, {1, 2}, {2, 3}});
  CHECK(all_edges("star:vertices=4") == Edges{{0, 1}, {0, 2}, {0, 3}});
  for (auto const* const spec : {"grid:rows=1,columns=1", "path:vertices=1", "star:vertices=1"}) {
    CHECK(all_edges(spec).empty());
    CHECK(Shape::parse(spec).vertices() == 1);
  }
}

TEST_CASE("the spec of a shape is read, and written with all its parameters") {
  CHECK(Shape::parse("grid:columns=7").canonical() == "grid:rows=100,columns=7");
  CHECK(Shape::parse("path:").canonical() == "path:vertices=100");
  CHECK(Shape::parse("star:vertices=5").canonical() == "star:vertices=5");
  for (auto const* const spec : {"grid:rows=0", "path:rows=3", "star:vertices=-1", "grid:vertices=4"}) {
    CAPTURE(spec);
    CHECK_THROWS_AS((void)Shape::parse(spec), pel::UsageError);
  }
  CHECK_FALSE(Shape::is_one("grid"));
}
