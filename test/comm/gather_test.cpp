#include "comm/gather.hpp"

#include <doctest/doctest.h>

#include <span>
#include <string>
#include <vector>

#include "support/mpi_test.hpp"

using pel::comm::Communicator;
using pel::comm::SmallGather;

namespace {

// What a rank brings in a round: n bytes that no other rank and round have.
std::string brought(int rank, std::size_t n, int round) {
  std::string text(n, '\0');
  for (std::size_t i = 0; i < n; ++i)
    text[i] =
        static_cast<char>((i * 7 + static_cast<std::size_t>(rank) * 31 + static_cast<std::size_t>(round) * 13) % 251);
  return text;
}

// Whether a round in which rank r brings sizes(r) bytes gives each rank all of them.
template <class Sizes>
bool round_is_right(SmallGather& gather, Sizes const& sizes, int round) {
  auto const mine = brought(pel::test::rank(), sizes(pel::test::rank()), round);
  auto const& all = gather.gather(std::as_bytes(std::span(mine)));
  bool right = all.size() == static_cast<std::size_t>(pel::test::ranks());
  for (int rank = 0; right && rank < pel::test::ranks(); ++rank) {
    auto const bytes = all[static_cast<std::size_t>(rank)];
    right = std::string(reinterpret_cast<char const*>(bytes.data()), bytes.size()) == brought(rank, sizes(rank), round);
  }
  return right;
}

}  // namespace

TEST_CASE("every rank gets every rank's bytes, of any length") {
  SmallGather gather(Communicator::world());
  int round = 0;
  for (std::size_t const n : {0UL, 1UL, 200UL, 248UL, 249UL, 250UL, 1000UL, 5000UL, 65'528UL, 65'536UL, 65'537UL,
                              200'000UL, 3UL, 0UL, 249UL, 70'000UL, 1UL}) {
    CAPTURE(n);
    CHECK(round_is_right(
        gather, [n](int) { return n; }, ++round));
  }
}

TEST_CASE("ranks may bring different lengths, some of them nothing") {
  SmallGather gather(Communicator::world());
  int round = 0;
  for (std::size_t const n : {10UL, 300UL, 0UL, 100'000UL, 20UL, 70'000UL}) {
    CAPTURE(n);
    CHECK(round_is_right(
        gather, [n](int rank) { return rank % 2 == 0 ? n : 0; }, ++round));
    CHECK(round_is_right(
        gather, [n](int rank) { return rank % 2 == 0 ? 0 : n; }, ++round));
    CHECK(round_is_right(
        gather, [n](int rank) { return n * static_cast<std::size_t>(rank); }, ++round));
  }
}

TEST_CASE("one rank alone may have much, round after round") {
  SmallGather gather(Communicator::world());
  for (int round = 0; round < 10; ++round)
    CHECK(round_is_right(
        gather, [round](int rank) { return rank == round % pel::test::ranks() ? 100'000UL : 12UL; }, round));
}
