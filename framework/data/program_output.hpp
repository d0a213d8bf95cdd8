// What a program of the machine prints.
#pragma once

#include <string>
#include <vector>

namespace pel::data {

// Runs the program (looked up in PATH, no shell, stdin empty) and returns its standard output, whole.
// Call it before MPI_Init: a process that has MPI should not fork.
// Throws: SystemError if there is no such program, or it does not exit with 0; then with what it said on stderr.
// Example: program_output({"printf", "%s", "a"}) == "a".
[[nodiscard]] std::string program_output(std::vector<std::string> const& command);

}  // namespace pel::data
