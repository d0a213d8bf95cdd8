#include "launch/hosts.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "pel/error.hpp"
#include "support/serial_test.hpp"

using pel::launch::Host;
using Hosts = std::vector<Host>;

TEST_CASE("a list of hosts has slots, one where none are said, and sums") {
  CHECK(pel::launch::parse_hosts("h1:2,h2,h1:3") == Hosts{{"h1", 5}, {"h2", 1}});
  CHECK(pel::launch::host_list({{"h1", 5}, {"h2", 1}}) == "h1:5,h2:1");
  CHECK(pel::launch::slots_of({{"h1", 5}, {"h2", 1}}) == 6);
  for (char const* text : {"", "h1,,h2", "h1:", "h1:0", "h1:x", ":2"})
    CHECK_THROWS_AS((void)pel::launch::parse_hosts(text), pel::UsageError);
}

TEST_CASE("a host file has a host a line") {
  auto const path = pel::test::scratch() / "hosts";
  std::ofstream(path) << "# nodes\nh1 slots=2 max_slots=4\n\nh2   # one\n";

  CHECK(pel::launch::read_hostfile(path) == Hosts{{"h1", 2}, {"h2", 1}});

  std::ofstream(path) << "h1 solts=2\n";
  CHECK_THROWS_AS((void)pel::launch::read_hostfile(path), pel::ConfigError);
  CHECK_THROWS_AS((void)pel::launch::read_hostfile("no/such/file"), pel::MissingInput);
}

TEST_CASE("SLURM's numbers a node") {
  CHECK(pel::launch::parse_per_node("2(x3),1") == std::vector{2, 2, 2, 1});
  CHECK(pel::launch::parse_per_node("4") == std::vector{4});
  CHECK(pel::launch::parse_per_node("").empty());
  CHECK_THROWS_AS((void)pel::launch::parse_per_node("2(y3)"), pel::ConfigError);
}
