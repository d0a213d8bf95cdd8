// main() of the test binaries without MPI: doctest's, and an exit code that knows skips.
#include <filesystem>
#include <iostream>

#include "support/doctest_implementation.hpp"
#include "support/listener.hpp"
#include "support/test_run.hpp"

using pel::test::test_run;

REGISTER_LISTENER("count", 1, pel::test::Listener);

int main(int argc, char* argv[]) {
  auto& run = test_run();
  run.out = &std::cout;
  run.scratch = pel::test::make_scratch(std::filesystem::path(argv[0]).filename());
  if (run.scratch.empty()) return 71;

  doctest::Context context(argc, argv);
  context.setOption("no-colors", true);
  int const verdict = context.run();
  bool const only_asked = context.shouldExit() && run.run == 0;  // --help, --list-test-cases and their kin
  int const code = only_asked ? verdict : run.exit_code();
  pel::test::leave_scratch(code);
  return code;
}
