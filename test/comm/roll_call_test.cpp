#include "comm/roll_call.hpp"

#include <doctest/doctest.h>

#include "support/mpi_test.hpp"

using pel::comm::Communicator;
using pel::comm::RollCall;
using pel::test::rank;
using pel::test::ranks;

TEST_CASE("all have answered when the last has, and not before") {
  auto const beside = Communicator::world();
  RollCall call(Communicator::world());
  for (int last = 0; last < ranks(); ++last) {
    CAPTURE(last);
    bool early = false;
    if (rank() != last) early = call.all_have_answered();
    (void)beside.all_gather("");
    if (rank() != last) early = early || call.all_have_answered();
    CHECK_FALSE(early);
    (void)beside.all_gather("");
    while (!call.all_have_answered()) {
    }
    CHECK(call.all_have_answered());
    call.wait();
  }
}

TEST_CASE("who only waits has answered, and calls follow each other") {
  RollCall call(Communicator::world());
  for (int n = 0; n < 300; ++n) {
    if (n % ranks() == rank())
      while (!call.all_have_answered()) {
      }
    call.wait();
  }
}
