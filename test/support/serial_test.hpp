// What a test case may ask of the run it is part of, with or without MPI.
#pragma once

#include <filesystem>
#include <string>

namespace pel::test {

// Marks the test case that runs as skipped and prints why; return from it afterwards. If all test cases of a binary
// are skipped its exit code is 77, which ctest shows as a skip. Under MPI: all ranks skip, or it is a failure.
void skip(std::string const& reason);

// An empty directory of this run, the same for all ranks; removed at the end unless something failed. Not collective.
[[nodiscard]] std::filesystem::path scratch();

// Where data sets with known answers lie, if anywhere: $PEL_DATA, or shared/data beside the sources.
[[nodiscard]] std::filesystem::path data_sets();

}  // namespace pel::test
