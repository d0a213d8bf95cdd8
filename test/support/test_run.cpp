#include "support/test_run.hpp"

#include <cstdlib>
#include <iostream>
#include <system_error>

#include "support/serial_test.hpp"

namespace pel::test {

TestRun& test_run() {
  static TestRun run;
  return run;
}

int TestRun::exit_code() const {
  if (failed > 0) return 1;
  if (run == 0) {
    *out << "error: no test case ran\n";
    return 1;
  }
  return skipped == run ? 77 : 0;
}

void skip(std::string const& reason) {
  auto& run = test_run();
  run.skips = true;
  *run.out << "skip: " << run.test_case << ": " << reason << std::endl;
}

std::filesystem::path scratch() { return test_run().scratch; }

std::filesystem::path data_sets() {
  char const* const wanted = std::getenv("PEL_DATA");
  return wanted != nullptr ? wanted : PEL_TEST_DEFAULT_DATA;
}

std::filesystem::path make_scratch(std::string const& binary) {
  char const* const wanted = std::getenv("PEL_TEST_TMP");
  std::filesystem::path const parent = wanted != nullptr ? wanted : PEL_TEST_DEFAULT_TMP;
  std::error_code failure;
  std::filesystem::create_directories(parent, failure);
  auto path = (parent / (binary + ".XXXXXX")).string();
  if (failure || mkdtemp(path.data()) == nullptr) {
    std::cerr << "error: cannot make a scratch directory in " << parent << '\n';
    return {};
  }
  return path;
}

void leave_scratch(int exit_code) {
  auto const& run = test_run();
  std::error_code ignored;
  if (exit_code == 0 || exit_code == 77 || std::filesystem::is_empty(run.scratch, ignored)) {
    std::filesystem::remove_all(run.scratch, ignored);
  } else {
    *run.out << "kept: " << run.scratch.string() << std::endl;
  }
}

}  // namespace pel::test
