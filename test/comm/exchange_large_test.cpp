// More than 2^31 bytes in one parcel: no count of MPI's may overflow on the way.
#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "comm/exchange.hpp"
#include "support/mpi_test.hpp"

using pel::comm::Communicator;
using pel::comm::Consignment;
using pel::comm::Exchange;

namespace {

constexpr std::uint64_t words = (std::uint64_t{1} << 28U) + 12'345;  // 8 bytes each: 2 GiB and some
constexpr std::uint64_t wanted = std::uint64_t{12} << 30U;           // two copies, and room for neighbours

std::uint64_t available_bytes() {
  std::ifstream file("/proc/meminfo");
  for (std::string line; std::getline(file, line);)
    if (line.rfind("MemAvailable:", 0) == 0) return std::stoull(line.substr(13)) * 1024;
  return 0;
}

// Rank 0's view: all must skip or none.
std::uint64_t agreed_available(Communicator const& communicator) {
  return std::stoull(communicator.broadcast(std::to_string(available_bytes()), 0));
}

// How many words of the bytes are not as rank 0 made them.
std::uint64_t wrong_words(std::span<std::byte const> bytes) {
  std::uint64_t wrong = 0;
  for (std::uint64_t i = 0; i < words; ++i) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + i * sizeof word, sizeof word);
    wrong += word == pel::base::mix64(i) ? 0 : 1;
  }
  return wrong;
}

}  // namespace

TEST_CASE("a parcel of more than 2 GiB arrives whole") {
  auto const communicator = Communicator::world();
  auto const available = agreed_available(communicator);
  if (available < wanted)
    return pel::test::skip("wants " + std::to_string(wanted >> 30U) + " GiB of memory available, there are " +
                           std::to_string(available >> 30U));
  std::vector<std::uint64_t> memory;
  std::vector<Consignment> outgoing;
  std::vector<std::uint64_t> incoming(2, 0);
  if (communicator.rank() == 0) {
    memory.resize(words);
    for (std::uint64_t i = 0; i < words; ++i) memory[i] = pel::base::mix64(i);
    outgoing.push_back({1, {{pel::partition_id(7), pel::partition_id(0), words, std::as_bytes(std::span(memory))}}});
  } else {
    incoming[0] = 16 + 24 + words * sizeof(std::uint64_t);
  }

  auto const delivery = Exchange(communicator).deliver(outgoing, incoming);

  CHECK(delivery.parcels.size() == (communicator.rank() == 0 ? 0U : 1U));
  for (auto const& parcel : delivery.parcels) {
    CHECK(parcel.count == words);
    REQUIRE(parcel.bytes.size() == words * sizeof(std::uint64_t));
    CHECK(wrong_words(parcel.bytes) == 0);
  }
}
