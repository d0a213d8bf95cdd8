#include "engine/mailroom.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "engine/placements.hpp"
#include "support/mpi_test.hpp"

using pel::index;
using pel::partition_id;
using pel::base::mix64;
using pel::comm::Communicator;
using pel::engine::Mailroom;
using pel::engine::Piece;
using pel::engine::Placement;
using pel::engine::Report;
using pel::engine::World;

namespace {

// The packed messages of a partition for another one in a superstep; every rank can say what they are.
struct Post {
  std::uint64_t seed = 0;
  unsigned percent = 50;          // of the pairs of partitions that talk
  std::uint64_t most_bytes = 40;  // a pair
  bool only_even_supersteps = false;

  // Empty: nothing is sent.
  [[nodiscard]] std::string bytes(std::uint64_t superstep, std::uint64_t from, std::uint64_t to) const {
    if (only_even_supersteps && superstep % 2 == 1) return {};
    auto const pair = mix64(mix64(mix64(seed + superstep * 101) + from) + to);
    if (pair % 100 >= percent) return {};
    std::string text(1 + mix64(pair) % most_bytes, '\0');
    for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(mix64(pair + i / 8) >> (8 * (i % 8)));
    return text;
  }
};

// How many messages these bytes are said to be.
std::uint64_t count_of(std::string const& bytes) { return bytes.size() / 3 + 1; }

// One rank in a job of supersteps.
class Station {
 public:
  Station(Placement const& placement, Post const& post, int announce)
      : world_(Communicator::world(), 1, pel::base::Log(), pel::base::Fault("")),
        placement_(placement),
        post_(post),
        mine_(placement.partitions_of(world_.rank())),
        mailroom_(world_, placement_, nullptr, announce) {}

  // All partitions send; afterwards all inboxes are as they should be.
  void superstep(std::uint64_t s) {
    for (std::size_t slot = 0; slot < mine_.size(); ++slot) send(s, slot);
    Report report;
    mailroom_.describe(report);
    auto const& agreed = world_.agreement().agree(report);
    CHECK(agreed.messages == all_messages(s));
    mailroom_.deliver(agreed);
    for (std::size_t slot = 0; slot < mine_.size(); ++slot) CHECK(inbox_is_right(s, slot));
  }

 private:
  void send(std::uint64_t s, std::size_t slot) {
    std::vector<std::string> texts;
    std::vector<Piece> pieces;
    for (std::uint32_t to = 0; to < placement_.partitions(); ++to) {
      auto const text = post_.bytes(s, index(mine_[slot]), to);
      if (text.empty()) continue;
      pieces.push_back({partition_id(to), count_of(text), text.size()});
      texts.push_back(text);
    }
    auto& outgoing = mailroom_.outgoing(slot);
    outgoing.shape(pieces, mailroom_.local());
    for (std::size_t i = 0; i < texts.size(); ++i)
      std::memcpy(outgoing.bytes(i).data(), texts[i].data(), texts[i].size());
  }

  [[nodiscard]] std::uint64_t all_messages(std::uint64_t s) const {
    std::uint64_t n = 0;
    for (std::uint32_t from = 0; from < placement_.partitions(); ++from)
      for (std::uint32_t to = 0; to < placement_.partitions(); ++to)
        if (auto const text = post_.bytes(s, from, to); !text.empty()) n += count_of(text);
    return n;
  }

  // A segment for each partition that sent, ascending, with what it sent.
  [[nodiscard]] bool inbox_is_right(std::uint64_t s, std::size_t slot) const {
    auto const inbox = mailroom_.inbox(slot);
    std::size_t next = 0;
    for (std::uint32_t from = 0; from < placement_.partitions(); ++from) {
      auto const text = post_.bytes(s, from, index(mine_[slot]));
      if (text.empty()) continue;
      if (next == inbox.size()) return false;
      auto const& segment = inbox[next++];
      if (segment.from != partition_id(from) || segment.count != count_of(text)) return false;
      if (segment.bytes.size() != text.size() || std::memcmp(segment.bytes.data(), text.data(), text.size()) != 0)
        return false;
    }
    return next == inbox.size();
  }

  World world_;
  Placement placement_;
  Post post_;
  std::vector<pel::PartitionId> mine_;
  Mailroom mailroom_;
};

void check_mail(std::uint32_t partitions, Post const& post, std::uint64_t supersteps) {
  for (auto const& placement : pel::test::placements(partitions, pel::test::ranks())) {
    for (int const announce : {pel::engine::Agreement::most_announced, 0}) {  // 0: as with very many ranks
      Station station(placement, post, announce);
      for (std::uint64_t s = 0; s < supersteps; ++s) {
        CAPTURE(announce);
        CAPTURE(s);
        station.superstep(s);
      }
    }
  }
}

}  // namespace

TEST_CASE("mail reaches every partition in the order of its sources, whatever the placement") {
  check_mail(5, {.seed = 1, .percent = 100}, 4);
  check_mail(16, {.seed = 2, .percent = 50}, 4);
  check_mail(64, {.seed = 3, .percent = 5}, 4);
}

TEST_CASE("a superstep without mail leaves empty inboxes behind") {
  check_mail(8, {.seed = 4, .percent = 0}, 2);
  check_mail(8, {.seed = 5, .percent = 60, .only_even_supersteps = true}, 5);
}

TEST_CASE("large mail arrives whole") { check_mail(7, {.seed = 6, .percent = 70, .most_bytes = 900'000}, 2); }

TEST_CASE("what a partition does not send again is not delivered again") {
  World world(Communicator::world(), 1, pel::base::Log(), pel::base::Fault(""));
  auto const placement = Placement::contiguous(5, world.ranks());
  auto const mine = placement.partitions_of(world.rank());
  Mailroom mailroom(world, placement);
  for (int s = 0; s < 6; ++s) {
    // Partition 0 sends to all in supersteps 0 and 3; in the others nobody even touches the outgoing pieces.
    bool const sends = s % 3 == 0;
    if (sends && mine[0] == partition_id(0)) {
      std::vector<Piece> pieces;
      for (std::size_t to = 0; to < 5; ++to) pieces.push_back({partition_id(to), 1, 8});
      mailroom.outgoing(0).shape(pieces, mailroom.local());
      for (std::size_t i = 0; i < 5; ++i) std::memset(mailroom.outgoing(0).bytes(i).data(), s, 8);
    }
    Report report;
    mailroom.describe(report);
    mailroom.deliver(world.agreement().agree(report));
    for (std::size_t slot = 0; slot < mine.size(); ++slot) {
      CAPTURE(s);
      CHECK(mailroom.inbox(slot).size() == (sends ? 1U : 0U));
      if (sends) CHECK(mailroom.inbox(slot)[0].bytes[7] == static_cast<std::byte>(s));
    }
  }
}
