// The state of one run of a test binary, for the two mains; test cases see serial_test.hpp and mpi_test.hpp only.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>

namespace pel::test {

struct TestRun {
  std::ostream* out = nullptr;    // where this process reports
  std::filesystem::path scratch;  // empty until made
  std::string test_case;          // the one that runs
  bool skips = false;             // whether it has called skip()
  int run = 0, skipped = 0, failed = 0;

  // 0; 1 if any test case failed or none ran (with words); 77 if all were skipped.
  [[nodiscard]] int exit_code() const;
};

[[nodiscard]] TestRun& test_run();

// Makes an empty directory under $PEL_TEST_TMP or, without it, <build tree>/tmp; empty path and words if that fails.
[[nodiscard]] std::filesystem::path make_scratch(std::string const& binary);

// Removes the scratch directory of a run that went well; of one that did not, says where it is.
void leave_scratch(int exit_code);

}  // namespace pel::test
