// What a program of the machine prints.
#pragma once

#include <string>
#include <vector>

#include "pel/error.hpp"

namespace pel::data {

// The machine does not have the program. Travels between ranks as a SystemError.
struct NoSuchProgram : SystemError {
  using SystemError::SystemError;
};

// Runs the program (looked up in PATH, no shell, stdin empty) and returns its standard output, whole.
// Call it before MPI_Init: a process that has MPI should not fork.
// Throws: NoSuchProgram; SystemError if it does not exit with 0, with what it said on stderr.
// Example: program_output({"printf", "%s", "a"}) == "a".
[[nodiscard]] std::string program_output(std::vector<std::string> const& command);

}  // namespace pel::data
