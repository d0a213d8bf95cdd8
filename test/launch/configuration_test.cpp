#include "launch/configuration.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using pel::launch::AppOption;
using pel::launch::Configuration;
using pel::launch::given_options;
using Lines = std::vector<std::string>;

namespace {

std::vector<AppOption> const options{
    {.info = {.name = "damping", .value = "X", .fallback = "0.85"}},
    {.info = {.name = "undirected"}},
    {.info = {.name = "graph", .value = "GRAPH", .fallback = "debian:", .positional = true}},
    {.info = {.name = "threads", .value = "N", .fallback = "auto"}, .engine = true},
    {.info = {.name = "partitions", .value = "P", .fallback = "64"}, .engine = true},
    {.info = {.name = "output", .value = "FILE", .may_repeat = true}, .engine = true},
    {.info = {.name = "checkpoint-every", .value = "auto|N|TIME|off", .fallback = "auto"}, .engine = true},
    {.info = {.name = "resume", .value = "auto", .value_optional = true}, .engine = true}};

Configuration settings() { return {"pagerank", pel::launch::keys_for("pagerank", options)}; }

Configuration with_file(std::string const& text, bool is_job_file = true) {
  auto all = settings();
  all.add_file(pel::launch::parse_job_file(text, "job.toml"), is_job_file);
  return all;
}

}  // namespace

TEST_CASE("a job file's settings become the app's arguments") {
  auto const all = with_file(
      "app = \"pagerank\"\nrun.ranks = 4\nrun.threads = \"auto\"\ncheckpoint.every = \"10 steps\"\n"
      "pagerank.damping = 0.9\npagerank.undirected = true\nrun.output = [\"a.txt\", \"b.h5\"]\n");

  CHECK(all.errors() == Lines{});
  CHECK(all.text("run.ranks") == "4");
  CHECK(all.app_arguments() == Lines{"--damping=0.9", "--undirected", "--threads=auto", "--output=a.txt",
                                     "--output=b.h5", "--checkpoint-every=10 steps"});
}

TEST_CASE("later layers win: the file over the site's, variables over files, flags over all") {
  auto all = with_file("run.ranks = 1\nrun.threads = 1\nrun.partitions = 8\npagerank.damping = 0.1\n", false);
  all.add_file(pel::launch::parse_job_file("run.ranks = 2\nrun.threads = 2\npagerank.damping = 0.2\n", "job.toml"),
               true);
  all.add_environment([](std::string const& name) { return name == "PEL_RANKS" || name == "PEL_THREADS" ? "3" : ""; });
  all.add_flag("ranks", {"4"});
  all.add_flag("damping", {"0.4"});

  CHECK(all.text("run.ranks") == "4");
  CHECK(all.text("run.threads") == "3");
  CHECK(all.text("run.partitions") == "8");
  CHECK(all.app_arguments() == Lines{"--threads=3", "--partitions=8"});
}

TEST_CASE("unknown keys are refused with the nearest") {
  auto const all = with_file("app = \"pagerank\"\nrun.rankz = 4\npagerank.dampng = 1\nother.key = 1\nresume = true\n");

  CHECK(all.errors() == Lines{"job.toml:2: run.rankz: unknown key (did you mean \"run.ranks\"?)",
                              "job.toml:3: pagerank.dampng: unknown key (did you mean \"pagerank.damping\"?)",
                              "job.toml:4: other.key: unknown key", "job.toml:5: resume: unknown key"});
  CHECK_FALSE(all.only_flags_are_wrong());
}

TEST_CASE("a site's file may have settings of other apps") {
  CHECK(with_file("word_count.words = \"blank\"\n", false).errors().empty());
  CHECK(with_file("run.rankz = 4\n", false).errors().size() == 1);
}

TEST_CASE("values of a wrong kind are refused where they stand, all at once") {
  auto all = with_file(
      "run.ranks = \"two\"\nrun.threads = \"many\"\nrun.walltime = \"soon\"\npagerank.damping = \"high\"\n"
      "pagerank.graph = [\"a\", \"b\"]\nrun.attempts = -1\n");
  all.add_environment([](std::string const& name) { return name == "PEL_THREADS" ? "two" : ""; });

  CHECK(all.errors() == Lines{"job.toml:1: run.ranks: expected a whole number",
                              "job.toml:2: run.threads: expected a whole number or \"auto\"",
                              "job.toml:3: run.walltime: expected a time such as 30s, 5min, 2h or off",
                              "job.toml:4: pagerank.damping: expected a number",
                              "job.toml:5: pagerank.graph: expected one value, not a list",
                              "job.toml:6: run.attempts: expected a whole number from 0 on",
                              "PEL_THREADS=two: expected a whole number or \"auto\""});
}

TEST_CASE("a time may be replaced by the word that its default is") {
  CHECK(with_file("run.silent_timeout = \"auto\"\nrun.walltime = \"off\"\n").errors().empty());
  CHECK(with_file("run.silent_timeout = \"20s\"\n").text("run.silent_timeout") == "20s");
  CHECK(with_file("run.silent_timeout = \"off\"\nrun.stall_timeout = \"auto\"\n").errors() ==
        Lines{"job.toml:1: run.silent_timeout: expected a time such as 30s, 5min, 2h or auto",
              "job.toml:2: run.stall_timeout: expected a time such as 30s, 5min, 2h"});
}

TEST_CASE("wrong flags alone are a usage error") {
  auto all = settings();
  all.add_flag("ranks", {"two"});
  for (auto const& line : given_options({"--dampng", "0.9"}, options).errors) all.add_flag_error(line);

  CHECK(all.errors() == Lines{"-n=two: expected a whole number", "--dampng: unknown option (did you mean --damping?)"});
  CHECK(all.only_flags_are_wrong());
}

TEST_CASE("the effective settings say where each is from") {
  auto all = with_file("app = \"pagerank\"\npagerank.damping = 0.9\nrun.walltime = \"2h\"\n");
  all.add_flag("ranks", {"4"});

  auto const text = all.effective({{"run.threads", {"1", "2 cores / 4 ranks"}}});

  for (char const* line :
       {"app = \"pagerank\" ", "# job.toml:1\n", "run.ranks = 4 ", "# flag -n\n", "run.walltime = \"2h\" ",
        "run.threads = 1 ", "# default: 2 cores / 4 ranks\n", "pagerank.damping = 0.9 ", "run.partitions = 64 "})
    CHECK_MESSAGE(text.find(line) != std::string::npos, line << " in\n" << text);
}

TEST_CASE("a command line gives options as the app itself would read them") {
  auto const given = given_options({"rmat:scale=9", "--undirected", "--damping", "0.5", "--resume=auto"}, options);

  CHECK(given.errors == Lines{});
  REQUIRE(given.options.size() == 4);
  CHECK(given.options[0].name == "graph");
  CHECK(given.options[0].values == Lines{"rmat:scale=9"});
  CHECK(given.options[2].values == Lines{"0.5"});
  CHECK(given_options({"a", "b"}, options).errors == Lines{"b: unexpected argument"});
  CHECK(given_options({"--damping"}, options).errors == Lines{"--damping: needs a value: --damping=X"});
  CHECK(given_options({"--undirected=no"}, options).errors == Lines{"--undirected: takes no value"});
}
