#include "launch/run_directory.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <string>

#include "pel/error.hpp"
#include "support/serial_test.hpp"

namespace fs = std::filesystem;
using pel::launch::RunManifest;

TEST_CASE("a run's name has the time, the app, and something random") {
  auto const id = pel::launch::new_run_id("pagerank");
  std::string shape = id.substr(0, id.find("-pagerank-"));
  for (auto& c : shape)
    if (c >= '0' && c <= '9') c = 'd';
  CHECK(shape == "dddddddd-dddddd");
  CHECK(id.size() == shape.size() + std::string("-pagerank-0123").size());
  CHECK(id.find_first_not_of("0123456789abcdef", id.size() - 4) == std::string::npos);
}

TEST_CASE("a new run is the latest one, and is found by name, by path and as the newest") {
  auto const runs = pel::test::scratch() / "runs";
  for (char const* id : {"20260101-000000-a-0000", "20260102-000000-a-0000"}) {
    auto const run = pel::launch::make_run(runs, id);
    pel::launch::write_manifest(run, {.id = id, .app = "a"});
  }

  CHECK(fs::read_symlink(runs / "latest") == "20260102-000000-a-0000");
  CHECK(pel::launch::find_run(runs, "").name() == "20260102-000000-a-0000");
  CHECK(pel::launch::find_run(runs, "20260101-000000-a-0000").name() == "20260101-000000-a-0000");
  CHECK(pel::launch::find_run("elsewhere", runs / "latest").name() == "20260102-000000-a-0000");
  CHECK(pel::launch::all_runs(runs).size() == 2);
  CHECK_THROWS_AS((void)pel::launch::find_run(runs, "20260101-000000-a-000"), pel::MissingInput);
}

TEST_CASE("a manifest is read back as it was written") {
  auto const run = pel::launch::make_run_at(pel::test::scratch() / "run");
  RunManifest const written{.id = "x",
                            .app = "pagerank",
                            .program = "/bin/pagerank",
                            .arguments = {"--graph", "a b"},
                            .directory = "/tmp",
                            .checkpoints = "ckpt",
                            .ranks = 4,
                            .partitions = 64,
                            .hosts = {{"h1", 2}},
                            .launcher = "mpirun",
                            .failures = 2,
                            .uptime_seconds = 1.5};

  pel::launch::write_manifest(run, written);
  auto const read = pel::launch::read_manifest(run);

  CHECK(read.program == written.program);
  CHECK(read.arguments == written.arguments);
  CHECK(read.hosts == written.hosts);
  CHECK(read.ranks == 4);
  CHECK(read.failures == 2);
  CHECK(read.uptime_seconds == 1.5);
  CHECK(pel::launch::checkpoint_directory(run, read) == run.path / "ckpt");
}

TEST_CASE("a manifest that is torn is bad data") {
  auto const run = pel::launch::make_run_at(pel::test::scratch() / "torn");
  std::ofstream(run.manifest()) << "{\"id\": ";

  CHECK_THROWS_AS((void)pel::launch::read_manifest(run), pel::BadData);
}
