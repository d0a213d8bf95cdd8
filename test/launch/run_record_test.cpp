#include "launch/run_record.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "pel/error.hpp"
#include "support/serial_test.hpp"

namespace fs = std::filesystem;
using pel::launch::RunDirectory;
using pel::launch::RunManifest;
using pel::launch::RunRecord;

TEST_CASE("a manifest is kept, and kept again") {
  RunDirectory const run{pel::test::scratch() / "kept"};
  RunRecord record(run);
  RunManifest manifest{.id = "a", .app = "b", .state = "running"};

  record.keep(manifest);
  manifest.state = "done";
  record.keep(manifest);

  CHECK(pel::launch::read_manifest(run).state == "done");
}

TEST_CASE("a run that cannot begin its record does not begin; one that has begun goes on") {
  RunDirectory const run{pel::test::scratch() / "gone"};
  RunRecord record(run);
  std::ofstream(run.path) << "a file where the directory should be";
  CHECK_THROWS_AS(record.keep({}), pel::WriteFailed);
  fs::remove(run.path);

  record.keep({});
  fs::remove_all(run.path);
  std::ofstream(run.path) << "again";

  CHECK_NOTHROW(record.keep({}));
  CHECK_NOTHROW(record.add_event("{}"));
}
