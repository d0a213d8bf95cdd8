#include "comm/peer_messages.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <utility>

#include "comm/native.hpp"

namespace pel::comm {
namespace {

constexpr int tag_head = 14, tag_body = 15;
constexpr std::byte long_bit{0x80};
constexpr std::size_t long_head = 1 + sizeof(std::uint64_t);
constexpr std::uint64_t most_at_once = std::uint64_t{1} << 30U;  // MPI counts in int

}  // namespace

struct PeerMessages::Pending {
  struct Incoming {
    int rank = 0;
    std::array<std::byte, most_short> head{};
    std::uint64_t bytes = 0;          // of the body
    std::byte const* body = nullptr;  // where it lies or will
    std::vector<std::byte> storage;   // where nobody gave a place
  };
  std::deque<Incoming> incoming;  // never moved: MPI writes to the heads; more than `expected` are kept for later
  std::size_t expected = 0;
  std::vector<MPI_Request> receives, bodies, sends;
  std::vector<MPI_Status> statuses;
  std::deque<std::array<std::byte, long_head>> long_heads;
};

PeerMessages::PeerMessages(Communicator communicator)
    : communicator_(std::move(communicator)), pending_(std::make_unique<Pending>()) {}
PeerMessages::~PeerMessages() = default;

void PeerMessages::expect(std::span<int const> ranks) {
  auto& pending = *pending_;
  pending.expected = ranks.size();
  if (pending.incoming.size() < ranks.size()) pending.incoming.resize(ranks.size());
  pending.receives.assign(ranks.size(), MPI_REQUEST_NULL);
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    pending.incoming[i].rank = ranks[i];
    check(MPI_Irecv(pending.incoming[i].head.data(), static_cast<int>(most_short), MPI_BYTE, ranks[i], tag_head,
                    communicator_.native().handle(), &pending.receives[i]),
          "MPI_Irecv", communicator_);
  }
}

void PeerMessages::send(int rank, std::span<std::byte const> message) {
  auto& pending = *pending_;
  auto const post = [&](std::byte const* bytes, std::uint64_t n, int tag) {
    pending.sends.push_back(MPI_REQUEST_NULL);
    check(MPI_Isend(bytes, static_cast<int>(n), MPI_BYTE, rank, tag, communicator_.native().handle(),
                    &pending.sends.back()),
          "MPI_Isend", communicator_);
  };
  if (message.size() <= most_short) return post(message.data(), message.size(), tag_head);
  auto& head = pending.long_heads.emplace_back();
  std::uint64_t const body = message.size() - 1;
  head[0] = message[0] | long_bit;
  std::memcpy(head.data() + 1, &body, sizeof body);
  post(head.data(), head.size(), tag_head);
  for (std::uint64_t at = 0; at < body; at += most_at_once)
    post(message.data() + 1 + at, std::min(most_at_once, body - at), tag_body);
}

// Of each message the head is here: notes short ones, receives the bodies of long ones.
void PeerMessages::receive_bodies(Place const& place) {
  auto& pending = *pending_;
  pending.bodies.clear();
  for (std::size_t i = 0; i < pending.expected; ++i) {
    auto& incoming = pending.incoming[i];
    if ((incoming.head[0] & long_bit) == std::byte{0}) {
      int n = 0;
      check(MPI_Get_count(&pending.statuses[i], MPI_BYTE, &n), "MPI_Get_count", communicator_);
      incoming.bytes = static_cast<std::uint64_t>(n) - 1;
      incoming.body = incoming.head.data() + 1;
      continue;
    }
    incoming.head[0] &= ~long_bit;
    std::memcpy(&incoming.bytes, incoming.head.data() + 1, sizeof incoming.bytes);
    auto* body = place(i, incoming.head[0], incoming.bytes);
    if (body == nullptr) {
      incoming.storage.resize(incoming.bytes);
      body = incoming.storage.data();
    }
    incoming.body = body;
    for (std::uint64_t at = 0; at < incoming.bytes; at += most_at_once) {
      pending.bodies.push_back(MPI_REQUEST_NULL);
      check(MPI_Irecv(body + at, static_cast<int>(std::min(most_at_once, incoming.bytes - at)), MPI_BYTE, incoming.rank,
                      tag_body, communicator_.native().handle(), &pending.bodies.back()),
            "MPI_Irecv", communicator_);
    }
  }
}

void PeerMessages::finish(Place const& place, Arrived const& arrived) {
  auto& pending = *pending_;
  auto const wait = [&](std::vector<MPI_Request>& requests, MPI_Status* statuses) {
    if (requests.empty()) return;
    check(MPI_Waitall(static_cast<int>(requests.size()), requests.data(), statuses), "MPI_Waitall", communicator_);
  };
  pending.statuses.resize(pending.expected);
  wait(pending.receives, pending.statuses.data());
  receive_bodies(place);
  wait(pending.bodies, MPI_STATUSES_IGNORE);
  for (std::size_t i = 0; i < pending.expected; ++i) {
    auto const& incoming = pending.incoming[i];
    arrived(i, incoming.head[0], {incoming.body, incoming.bytes});
  }
  wait(pending.sends, MPI_STATUSES_IGNORE);
  pending.sends.clear();
  pending.long_heads.clear();
}

}  // namespace pel::comm
