#include "engine/checkpoint_every.hpp"

#include <doctest/doctest.h>

#include <string>

#include "pel/error.hpp"

using pel::engine::CheckpointEvery;
using Kind = CheckpointEvery::Kind;

namespace {

CheckpointEvery const supersteps_20{Kind::supersteps, 20, 0};

CheckpointEvery every(double seconds) { return {Kind::seconds, 0, seconds}; }

// The nearest value that a refusal names; "accepted" if there is none.
std::string refused(std::string const& text) {
  try {
    static_cast<void>(CheckpointEvery::parse(text));
  } catch (pel::UsageError const& error) {
    CHECK(error.option == "--checkpoint-every");
    CHECK(error.problem.starts_with("\"" + text + "\": expected"));
    return error.nearest;
  }
  return "accepted";
}

}  // namespace

TEST_CASE("words, supersteps and times are read") {
  CHECK(CheckpointEvery::parse("auto") == CheckpointEvery());
  CHECK(CheckpointEvery::parse("off") == CheckpointEvery{Kind::off, 0, 0});
  CHECK(CheckpointEvery::parse("20") == supersteps_20);
  CHECK(CheckpointEvery::parse("20 steps") == supersteps_20);
  CHECK(CheckpointEvery::parse("20steps") == supersteps_20);
  CHECK(CheckpointEvery::parse("1 step") == CheckpointEvery{Kind::supersteps, 1, 0});
  CHECK(CheckpointEvery::parse("9223372036854775807").supersteps == 9223372036854775807);
  CHECK(CheckpointEvery::parse("30s") == every(30));
  CHECK(CheckpointEvery::parse("0.5s") == every(0.5));
  CHECK(CheckpointEvery::parse("5min") == every(300));
  CHECK(CheckpointEvery::parse("5 min") == every(300));
  CHECK(CheckpointEvery::parse("2h") == every(7200));
}

TEST_CASE("anything else is refused") {
  for (auto const* const text : {"",    " ",   "-1",   "+1",  "1.5",    "1.5 steps", "9223372036854775808",
                                 "s",   "s30", " 30s", "20 ", "30s ",   "1e3s",      "1.2.3s",
                                 "..s", "nan", "inf",  "5d",  "30 s x", "AUTO",      "never"}) {
    CAPTURE(text);
    CHECK(refused(text) != "accepted");
  }
}

TEST_CASE("a refusal names what was probably meant") {
  CHECK(refused("atuo") == "auto");
  CHECK(refused("of") == "off");
  CHECK(refused("0") == "off");
  CHECK(refused("0s") == "off");
  CHECK(refused("30sec") == "30s");
  CHECK(refused("30 seconds") == "30s");
  CHECK(refused("5m") == "5min");
  CHECK(refused("5 minutes") == "5min");
  CHECK(refused("5mins") == "5min");
  CHECK(refused("2 hours") == "2h");
  CHECK(refused("20 stps") == "20 steps");
  CHECK(refused("three") == "");
}
