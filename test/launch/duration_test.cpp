#include "launch/duration.hpp"

#include <doctest/doctest.h>

using pel::launch::parse_duration;

TEST_CASE("times as people and SLURM write them") {
  CHECK(parse_duration("90") == 90);
  CHECK(parse_duration("30s") == 30);
  CHECK(parse_duration("5min") == 300);
  CHECK(parse_duration("30m") == 1800);
  CHECK(parse_duration("2h") == 7200);
  CHECK(parse_duration("1d") == 86400);
  CHECK(parse_duration("1.5h") == 5400);
  CHECK(parse_duration("1:30") == 90);
  CHECK(parse_duration("2:00:00") == 7200);
  CHECK(parse_duration("1-12:00:00") == 129600);
}

TEST_CASE("anything else is no time") {
  for (char const* text : {"", "UNLIMITED", "NOT_SET", "-5s", "5 parsecs", "s", "1:xx", "1-", ":"})
    CHECK_MESSAGE(!parse_duration(text), text);
}
