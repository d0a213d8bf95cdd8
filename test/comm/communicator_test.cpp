#include "comm/communicator.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "comm/native.hpp"
#include "pel/error.hpp"
#include "support/mpi_test.hpp"

using pel::comm::check;
using pel::comm::Communicator;

namespace {

std::string text_of(int rank, std::size_t n) {
  return std::string(n, static_cast<char>('a' + rank)) + std::to_string(rank);
}

}  // namespace

TEST_CASE("the world has all ranks, each on a host") {
  auto const world = Communicator::world();

  CHECK(world.rank() == pel::test::rank());
  CHECK(world.size() == pel::test::ranks());
  CHECK_FALSE(world.host().empty());
}

TEST_CASE("a session joins an MPI that runs and does not end it") {
  { pel::comm::Session const session; }

  int ended = 1;
  MPI_Finalized(&ended);
  CHECK(ended == 0);
  CHECK(Communicator::world().all_gather("still").size() == static_cast<std::size_t>(pel::test::ranks()));
}

TEST_CASE("a broadcast brings the root's text of any length") {
  auto const world = Communicator::world();
  for (int root = 0; root < world.size(); ++root)
    for (std::size_t const n : {0UL, 1UL, 100'000UL}) {
      auto const expected = text_of(root, n);
      CHECK(world.broadcast(world.rank() == root ? expected : "not this", root) == expected);
    }
  CHECK(world.broadcast("", 0) == "");
}

TEST_CASE("a gather brings each rank's text by rank") {
  auto const world = Communicator::world();

  auto const all = world.all_gather(text_of(world.rank(), static_cast<std::size_t>(world.rank()) * 1000));

  CHECK(all.size() == static_cast<std::size_t>(world.size()));
  for (int rank = 0; rank < world.size(); ++rank)
    CHECK(all[static_cast<std::size_t>(rank)] == text_of(rank, static_cast<std::size_t>(rank) * 1000));
}

TEST_CASE("two communicators do not see each other's messages") {
  auto const one = Communicator::world(), other = Communicator::world();
  int const to = (one.rank() + 1) % one.size(), from = (one.rank() + one.size() - 1) % one.size();
  int const sent[2] = {100 + one.rank(), 200 + one.rank()};
  int got[2] = {0, 0};
  MPI_Request requests[2];
  check(MPI_Isend(&sent[0], 1, MPI_INT, to, 5, one.native().handle(), &requests[0]), "MPI_Isend", one);
  check(MPI_Isend(&sent[1], 1, MPI_INT, to, 5, other.native().handle(), &requests[1]), "MPI_Isend", other);

  check(MPI_Recv(&got[1], 1, MPI_INT, from, 5, other.native().handle(), MPI_STATUS_IGNORE), "MPI_Recv", other);
  check(MPI_Recv(&got[0], 1, MPI_INT, from, 5, one.native().handle(), MPI_STATUS_IGNORE), "MPI_Recv", one);
  check(MPI_Waitall(2, requests, MPI_STATUSES_IGNORE), "MPI_Waitall", one);

  CHECK(got[0] == 100 + from);
  CHECK(got[1] == 200 + from);
}

TEST_CASE("a send to a rank that does not exist is an MpiError with the call and the code") {
  auto const world = Communicator::world();
  int const nothing = 0, stranger = world.size() + 99;
  try {
    check(MPI_Send(&nothing, 1, MPI_INT, stranger, 5, world.native().handle()), "MPI_Send", world);
    FAIL_CHECK("the send was taken for good");
  } catch (pel::MpiError const& error) {
    int kind = MPI_SUCCESS;
    MPI_Error_class(error.code, &kind);
    CHECK(error.call == "MPI_Send");
    CHECK(kind == MPI_ERR_RANK);
    CHECK(error.rank == world.rank());
    CHECK(error.host == world.host());
    CHECK(error.text.find("MPI_ERR_RANK") != std::string::npos);
  }
}

TEST_CASE("a call that succeeds throws nothing") {
  auto const world = Communicator::world();

  CHECK_NOTHROW(check(MPI_SUCCESS, "MPI_Send", world));
  CHECK_THROWS_AS(check(MPI_ERR_COUNT, "MPI_Recv", world), pel::MpiError);
}
