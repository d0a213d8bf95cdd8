// What a test case of several ranks may ask of the run it is part of. Use CHECK, never REQUIRE, before a collective:
// a rank that leaves a test case early lets the others wait until mpirun's timeout.
#pragma once

#include "support/serial_test.hpp"  // skip, scratch

namespace pel::test {

// This process in MPI_COMM_WORLD, and how many there are.
[[nodiscard]] int rank();
[[nodiscard]] int ranks();

}  // namespace pel::test
