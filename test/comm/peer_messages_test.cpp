#include "comm/peer_messages.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/hash.hpp"
#include "comm/communicator.hpp"

using pel::base::mix64;
using pel::comm::Communicator;
using pel::comm::PeerMessages;

namespace {

// The message from a rank to another in a round.
std::vector<std::byte> message(int from, int to, std::size_t most, int round) {
  auto const random = mix64(static_cast<std::uint64_t>((from * 16 + to) * 64 + round));
  std::vector<std::byte> bytes(1 + random % most);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(mix64(random + i));
  bytes[0] &= std::byte{0x7f};
  return bytes;
}

bool talks(int from, int to, int round) { return from != to && (from + 2 * to + round) % 3 != 0; }

}  // namespace

TEST_CASE("messages of any length arrive, where they are wanted, round after round") {
  auto const communicator = Communicator::world();
  PeerMessages messages(communicator);
  int const me = communicator.rank(), ranks = communicator.size();
  for (std::size_t const most : {1U, 100U, 3071U, 3072U, 3074U, 200'000U})
    for (int round = 0; round < 10; ++round) {
      std::vector<int> sources;
      std::vector<std::vector<std::byte>> out;
      for (int other = ranks - 1; other >= 0; --other)
        if (talks(other, me, round)) sources.push_back(other);
      messages.expect(sources);
      for (int other = 0; other < ranks; ++other)
        if (talks(me, other, round)) {
          out.push_back(message(me, other, most, round));
          messages.send(other, out.back());
        }
      std::vector<std::byte> own_place(most);
      std::size_t next = 0;
      messages.finish(
          [&](std::size_t i, std::byte, std::uint64_t) { return i == 0 ? own_place.data() : nullptr; },
          [&](std::size_t i, std::byte kind, std::span<std::byte const> body) {
            auto const expected = message(sources[i], me, most, round);
            CHECK(i == next++);
            CHECK(kind == expected[0]);
            CHECK(std::vector(body.begin(), body.end()) == std::vector(expected.begin() + 1, expected.end()));
            if (i == 0 && body.size() + 1 > PeerMessages::most_short) CHECK(body.data() == own_place.data());
          });
      CHECK(next == sources.size());
    }
}
