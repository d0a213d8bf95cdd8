#include "pel/direction.hpp"

#include <doctest/doctest.h>

using pel::Direction;

TEST_CASE("a traversal pulls while its frontier is large") {
  Direction direction(1000, 20'000);
  CHECK_FALSE(direction.pulls());

  direction.advance({1, 900});
  CHECK_FALSE(direction.pulls());
  direction.advance({700, 15'000});
  CHECK(direction.pulls());
  direction.advance({55, 10});
  CHECK(direction.pulls());
  direction.advance({54, 10});
  CHECK_FALSE(direction.pulls());
}

TEST_CASE("arcs that were counted twice do not make it count below zero") {
  Direction direction(100, 1000);

  direction.advance({100, 10'000});

  CHECK(direction.pulls());
  direction.advance({4, 0});
  CHECK_FALSE(direction.pulls());
}
