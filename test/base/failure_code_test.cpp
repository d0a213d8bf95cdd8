#include "base/failure_code.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

#include "pel/error.hpp"

using pel::base::failure_code;

TEST_CASE("each of PEL's exceptions has the exit code of its cause, any other is a bug") {
  CHECK(failure_code(pel::UsageError("--x", "unknown option")) == 64);
  CHECK(failure_code(pel::NoCheckpoint("ckpt", "empty")) == 65);
  CHECK(failure_code(pel::MissingInput("a.txt", "not there")) == 66);
  CHECK(failure_code(pel::SystemError("fork", 11, "try again")) == 71);
  CHECK(failure_code(pel::WriteFailed("a.h5", 28, "full")) == 74);
  CHECK(failure_code(pel::ConfigError("run.ranks", "none", "one at least")) == 78);
  CHECK(failure_code(std::out_of_range("index")) == 70);
}
