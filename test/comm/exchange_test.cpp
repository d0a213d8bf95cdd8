#include "comm/exchange.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "comm/traffic.hpp"
#include "support/mpi_test.hpp"

using pel::comm::Communicator;
using pel::comm::Exchange;
using pel::comm::ExchangeSettings;
using pel::test::expected_on;
using pel::test::incoming_of;
using pel::test::outgoing_of;
using pel::test::received;
using pel::test::Sent;
using pel::test::Traffic;

namespace {

// Blocks of 7 bytes cut headers and values anywhere; one receive ahead and one rank at once are the narrowest windows.
ExchangeSettings settings_of(std::size_t block_bytes, int receives_ahead, int ranks_at_once, std::uint64_t first) {
  return {{block_bytes, receives_ahead, ranks_at_once}, first};
}
std::vector<ExchangeSettings> const all_settings{
    settings_of(7, 1, 1, 16), settings_of(1024, 4, 8, 64), settings_of(64, 2, 2, 1 << 16), {}};

// Delivers the traffic both ways and compares with what each rank knows it should get.
void check_delivery(Traffic const& traffic, std::vector<ExchangeSettings> const& settings_tried = all_settings) {
  auto const communicator = Communicator::world();
  auto const rank = communicator.rank(), ranks = communicator.size();
  auto const expected = expected_on(traffic, rank, ranks);
  auto const incoming = incoming_of(traffic, rank, ranks);
  auto const outgoing = outgoing_of(traffic, rank, ranks);
  for (auto const& settings : settings_tried) {
    CAPTURE(settings.transfer.block_bytes);
    Exchange exchange(communicator, settings);
    CHECK(received(exchange.deliver(outgoing.consignments, incoming)) == expected);
    CHECK(received(exchange.deliver_unannounced(outgoing.consignments)) == expected);
    (void)communicator.all_gather("");  // the collective between unannounced deliveries
    CHECK(received(exchange.deliver_unannounced(outgoing.consignments)) == expected);
    (void)communicator.all_gather("");
  }
}

}  // namespace

TEST_CASE("nothing sent is nothing delivered") { check_delivery({.percent = 0}); }

TEST_CASE("small parcels between all partitions arrive in order") {
  check_delivery({.partitions = 16, .seed = 1, .percent = 100, .most_bytes = 20});
}

TEST_CASE("parcels without a byte arrive with their count") {
  check_delivery({.partitions = 16, .seed = 2, .percent = 100, .most_bytes = 0});
}

TEST_CASE("sparse traffic arrives in order") {
  for (std::uint64_t seed = 10; seed < 14; ++seed)
    check_delivery({.partitions = 31, .seed = seed, .percent = 3, .most_bytes = 3000});
}

TEST_CASE("dense traffic of many blocks arrives in order") {
  check_delivery({.partitions = 17, .seed = 3, .percent = 90, .most_bytes = 5000});
}

TEST_CASE("a single rank may send everything") {
  for (int source = 0; source < pel::test::ranks(); ++source)
    check_delivery({.partitions = 12, .seed = 4, .percent = 100, .most_bytes = 2000, .only_from = source});
}

TEST_CASE("streams longer than the default block arrive in order") {
  check_delivery({.partitions = 6, .seed = 5, .percent = 30, .most_bytes = 1'500'000},
                 {settings_of(1024, 4, 8, 64), {}});
}

TEST_CASE("the bytes on the wire are a header, 24 a parcel and the parcels") {
  std::vector<std::byte> const bytes(7);
  pel::comm::Parcel const parcel{{}, {}, 1, bytes};

  CHECK(Exchange::wire_bytes({}) == 0);
  CHECK(Exchange::wire_bytes(std::vector{parcel}) == 16 + 24 + 7);
  CHECK(Exchange::wire_bytes(std::vector{parcel, parcel}) == 16 + 48 + 14);
}

TEST_CASE("one exchange serves superstep after superstep, empty and large ones in turn") {
  auto const communicator = Communicator::world();
  auto const rank = communicator.rank(), ranks = communicator.size();
  Exchange exchange(communicator, settings_of(512, 2, 2, 64));
  for (std::uint64_t superstep = 0; superstep < 20; ++superstep) {
    Traffic const traffic{
        .partitions = 10, .seed = superstep, .percent = superstep % 3 == 0 ? 0U : 50U, .most_bytes = superstep * 300};
    auto const outgoing = outgoing_of(traffic, rank, ranks);
    auto const delivery = superstep % 2 == 0
                              ? exchange.deliver(outgoing.consignments, incoming_of(traffic, rank, ranks))
                              : exchange.deliver_unannounced(outgoing.consignments);
    CAPTURE(superstep);
    CHECK(received(delivery) == expected_on(traffic, rank, ranks));
    (void)communicator.all_gather("");
  }
}
