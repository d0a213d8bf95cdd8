#include "store/run_status.hpp"

#include <doctest/doctest.h>

#include <string>

#include "pel/error.hpp"
#include "store/replace_file.hpp"
#include "support/serial_test.hpp"

using pel::store::read_run_status;
using pel::store::replace_file;
using pel::store::RunState;
using pel::store::RunStatus;
using pel::store::write_run_status;

TEST_CASE("a status is read as it was written") {
  auto const path = pel::test::scratch() / "run" / "status.json";
  for (auto const state : {RunState::running, RunState::done, RunState::stopped, RunState::failed}) {
    RunStatus const status{3, state, 75, std::int64_t{1} << 40, "sort_by", 400, 418, "01ab", "line 1\nline \"2\""};
    for (bool const durable : {false, true}) {
      write_run_status(path, status, durable);
      CHECK(read_run_status(path) == status);
    }
  }
  write_run_status(path, {}, false);
  CHECK(read_run_status(path) == RunStatus());
}

TEST_CASE("the file is what its page says") {
  auto const path = pel::test::scratch() / "text.json";
  write_run_status(path, {3, RunState::stopped, 75, 418, "", 400, 418, "01ab", ""}, false);

  std::string text;
  REQUIRE(pel::store::read_small_file(path, text));
  CHECK(text ==
        "{\"incarnation\":3,\"state\":\"stopped\",\"exit_code\":75,\"superstep\":418,\"doing\":\"\","
        "\"resumed_from\":400,\"checkpoint\":418,\"digest\":\"01ab\",\"error\":\"\"}\n");
}

TEST_CASE("a text that is no UTF-8 does not keep an outcome from being written") {
  auto const path = pel::test::scratch() / "bytes.json";
  write_run_status(path, {1, RunState::failed, 74, 0, "", -1, -1, "", "\xff\xfe: cannot be written"}, true);

  auto const status = read_run_status(path);

  REQUIRE(status);
  CHECK(status->error.find(": cannot be written") != std::string::npos);
}

TEST_CASE("what is not there, or no status, is none") {
  auto const path = pel::test::scratch() / "none.json";
  CHECK_FALSE(read_run_status(path));
  write_run_status(path, {}, false);
  std::string whole;
  REQUIRE(pel::store::read_small_file(path, whole));
  for (std::size_t n = 0; n + 2 < whole.size(); ++n) {
    replace_file(path, whole.substr(0, n), false);
    CAPTURE(n);
    CHECK_FALSE(read_run_status(path));
  }
  for (auto const* const text : {"[]", "3", "{}", "null"}) {
    replace_file(path, text, false);
    CHECK_FALSE(read_run_status(path));
  }
  auto const at = whole.find("running");
  replace_file(path, std::string(whole).replace(at, 7, "dancing"), false);
  CHECK_FALSE(read_run_status(path));
}

TEST_CASE("a status that cannot be written is a failed write") {
  auto const file = pel::test::scratch() / "file";
  replace_file(file, "", false);
  CHECK_THROWS_AS(write_run_status(file / "status.json", {}, true), pel::WriteFailed);
}
