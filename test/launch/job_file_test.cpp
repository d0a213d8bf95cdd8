#include "launch/job_file.hpp"

#include <doctest/doctest.h>

#include "pel/error.hpp"

using pel::launch::parse_job_file;

TEST_CASE("settings come in the file's order, with their lines") {
  auto const file = parse_job_file(
      "app = \"pagerank\"\nrun.ranks = 4\n\n[pagerank]\ndamping = 0.85\nundirected = true\ninput = [\"a\", \"b\"]\n",
      "job.toml");

  REQUIRE(file.settings.size() == 5);
  CHECK(file.errors.empty());
  CHECK(file.settings[0].key == "app");
  CHECK(file.settings[1].key == "run.ranks");
  CHECK(file.settings[1].values == std::vector<std::string>{"4"});
  CHECK(file.settings[1].origin == "job.toml:2");
  CHECK(file.settings[2].key == "pagerank.damping");
  CHECK(file.settings[2].values == std::vector<std::string>{"0.85"});
  CHECK(file.settings[3].is_boolean);
  CHECK(file.settings[4].is_list);
  CHECK(file.settings[4].values == std::vector<std::string>{"a", "b"});
}

TEST_CASE("a syntax error ends the file, with line and column") {
  auto const file = parse_job_file("app = \"pagerank\"\nrun.ranks = = 4\n", "job.toml");

  CHECK(file.settings.empty());
  REQUIRE(file.errors.size() == 1);
  CHECK(file.errors[0].starts_with("job.toml:2:"));
}

TEST_CASE("what no option can be is refused where it stands") {
  auto const file = parse_job_file("run.walltime = 2026-01-01\nrun.ranks = 2\n", "job.toml");

  REQUIRE(file.errors.size() == 1);
  CHECK(file.errors[0].starts_with("job.toml:1: run.walltime: expected"));
  CHECK(file.settings.size() == 1);
}

TEST_CASE("a job file that is not there is missing input") {
  CHECK_THROWS_AS((void)pel::launch::read_job_file("no/such.toml"), pel::MissingInput);
}
