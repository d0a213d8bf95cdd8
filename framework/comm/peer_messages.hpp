// Messages of lengths that only their senders know, between ranks that know of each other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "comm/communicator.hpp"

namespace pel::comm {

// One message from each expected rank and to any ranks that expect one, then the next round. A message is a byte of the
// caller's, below 128, and a body. A short one travels whole, in one piece; of a long one its length goes first, and
// the receiver says where the body is to lie.
class PeerMessages {
 public:
  explicit PeerMessages(Communicator communicator);
  ~PeerMessages();
  PeerMessages(PeerMessages const&) = delete;
  PeerMessages& operator=(PeerMessages const&) = delete;

  // Up to this many bytes, the first one included, are one message of MPI's.
  static constexpr std::size_t most_short = 3072;

  // Begins a round: a message will come from each of `ranks`.
  void expect(std::span<int const> ranks);
  // Sends a message; its bytes stay as they are until finish() returns. Requires: it is not empty.
  void send(int rank, std::span<std::byte const> message);

  // place(i, kind, bytes): where the body of expected message i goes; nullptr: into memory of this class.
  using Place = std::function<std::byte*(std::size_t, std::byte, std::uint64_t)>;
  // arrived(i, kind, body), in the order of the ranks expected; `body` is valid during the call.
  using Arrived = std::function<void(std::size_t, std::byte, std::span<std::byte const>)>;
  // Ends the round: all messages have arrived, and all bytes sent are the caller's again.
  // Collective: a message is expected for each that is sent, from the main thread. Throws: MpiError.
  // Cost: l = 1 message of MPI's each, 2 for a long one (or more above 1 GiB).
  void finish(Place const& place, Arrived const& arrived);

 private:
  struct Pending;
  void receive_bodies(Place const& place);

  Communicator communicator_;
  std::unique_ptr<Pending> pending_;
};

}  // namespace pel::comm
