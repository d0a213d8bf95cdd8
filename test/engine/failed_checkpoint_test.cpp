#include "engine/failed_checkpoint.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <string>

#include "pel/error.hpp"

using pel::engine::while_the_job_goes_on;

namespace {

std::string told(int code) {
  return while_the_job_goes_on(pel::WriteFailed("ckpt/part", code, "why", 8, 4).what(), code);
}

bool has(std::string const& text, char const* words) { return text.find(words) != std::string::npos; }

}  // namespace

TEST_CASE("what to do about a failed checkpoint fits its cause, and no job that goes on is to be started again") {
  CHECK(told(ENOSPC) ==
        "ckpt/part: cannot be written: why (8 bytes wanted, 4 free)\n  next      make room; the job tries again by "
        "itself");
  CHECK(has(told(ENOENT), "was removed, or its disk is not there any more: bring it back"));
  CHECK(has(told(EROFS), "read-only"));
  CHECK(has(told(EIO), "the system's log"));
  for (int const code : {0, ENOSPC, ENOENT, EACCES, EIO}) CHECK_FALSE(has(told(code), "start again"));
}

TEST_CASE("a failure in one line keeps its words") {
  CHECK(while_the_job_goes_on("bad luck", 0) ==
        "bad luck\n  next      see the reason above; the job tries again by itself");
}
