// Traffic between partitions that every rank can compute by itself: what the exchange should bring is known without it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "comm/exchange.hpp"
#include "pel/partition.hpp"

namespace pel::test {

// Which partitions send how much to which.
struct Traffic {
  std::uint32_t partitions = 8;
  std::uint64_t seed = 0;
  unsigned percent = 100;        // of the pairs of partitions that talk
  std::uint64_t most_bytes = 0;  // in a parcel; every length up to it occurs, zero too
  int only_from = -1;            // a rank: nobody else sends
};

// A parcel with its bytes by value.
struct Sent {
  std::uint32_t to = 0, from = 0;
  std::uint64_t count = 0;
  std::string bytes;
  friend bool operator==(Sent const&, Sent const&) = default;
};

// Partition p lies on rank p mod ranks: not in runs, so nothing is in order by itself.
[[nodiscard]] inline int rank_of(std::uint32_t partition, int ranks) {
  return static_cast<int>(partition % static_cast<std::uint32_t>(ranks));
}

// All parcels that go from one rank to another, ordered by (to, from).
[[nodiscard]] std::vector<Sent> between(Traffic const& traffic, int source, int destination, int ranks);

// All parcels for one rank from others, ordered by (to, from).
[[nodiscard]] std::vector<Sent> expected_on(Traffic const& traffic, int rank, int ranks);

// What a rank hands to the exchange, and the memory the parcels lie in.
struct Outgoing {
  std::vector<std::vector<Sent>> memory;  // by destination rank
  std::vector<comm::Consignment> consignments;
};
[[nodiscard]] Outgoing outgoing_of(Traffic const& traffic, int rank, int ranks);

// Bytes that each rank sends to this one, as the header of the exchange documents them.
[[nodiscard]] std::vector<std::uint64_t> incoming_of(Traffic const& traffic, int rank, int ranks);

[[nodiscard]] std::vector<Sent> received(comm::Delivery const& delivery);

}  // namespace pel::test
