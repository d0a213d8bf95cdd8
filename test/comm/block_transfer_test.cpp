#include "comm/block_transfer.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <vector>

#include "base/hash.hpp"
#include "support/mpi_test.hpp"

using pel::base::mix64;
using pel::comm::BlockTransfer;
using pel::comm::Communicator;
using pel::comm::InStream;
using pel::comm::OutStream;
using pel::comm::TransferSettings;

namespace {

using Bytes = std::vector<std::byte>;

// What rank a sends to b: whole granules of 8 bytes, another number of them for each pair.
struct Pairs {
  std::uint64_t seed = 0;
  std::uint64_t most_granules = 0;
  unsigned percent = 100;

  [[nodiscard]] Bytes bytes(int a, int b) const {
    auto const pair = mix64(mix64(seed * 1000 + static_cast<std::uint64_t>(a)) + static_cast<std::uint64_t>(b));
    if (a == b || pair % 100 >= percent) return {};
    std::vector<std::uint64_t> words(mix64(pair) % (most_granules + 1));
    for (std::size_t i = 0; i < words.size(); ++i) words[i] = mix64(pair + i);
    Bytes made(words.size() * sizeof(std::uint64_t));
    if (!made.empty()) std::memcpy(made.data(), words.data(), made.size());
    return made;
  }
};

// Notes how a stream was asked: in order, without gaps, whole granules at a time.
struct Asked {
  std::uint64_t next = 0, most = 0;
  bool in_order = true;
  void note(std::uint64_t offset, std::uint64_t n) {
    in_order = in_order && offset == next && n > 0 && n % 8 == 0;
    next = offset + n;
    most = std::max(most, n);
  }
};

// A stream of these bytes: every third block comes from where it lies, if `lying`.
OutStream stream_of(int to, Bytes const& bytes, Asked& asked, bool lying) {
  OutStream stream{.to = to, .bytes = bytes.size(), .granule = 8, .fill = {}, .in_place = {}};
  stream.fill = [&](std::uint64_t offset, std::span<std::byte> block) {
    asked.note(offset, block.size());
    std::memcpy(block.data(), bytes.data() + offset, block.size());
  };
  if (lying)
    stream.in_place = [&](std::uint64_t offset, std::uint64_t n) -> std::span<std::byte const> {
      if (offset / 8 % 3 != 0) return {};
      asked.note(offset, n);
      return {bytes.data() + offset, n};
    };
  return stream;
}

void check_transfer(Pairs const& pairs, TransferSettings const& settings, bool lying) {
  auto const communicator = Communicator::world();
  auto const me = communicator.rank();
  std::map<int, Bytes> sent, arrived;
  std::map<int, Asked> asked;
  std::vector<OutStream> out;
  std::vector<InStream> in;
  for (int other = 0; other < communicator.size(); ++other) {
    if (other == me) continue;
    sent[other] = pairs.bytes(me, other);
    arrived[other] = Bytes(pairs.bytes(other, me).size());
    out.push_back(stream_of(other, sent[other], asked[other], lying));
    in.push_back({.from = other, .data = arrived[other].data(), .bytes = arrived[other].size(), .granule = 8});
  }

  BlockTransfer(communicator, settings).run(out, in, 99);

  for (auto const& [other, bytes] : arrived) {
    CHECK(bytes == pairs.bytes(other, me));
    CHECK(asked[other].in_order);
    CHECK(asked[other].next == sent[other].size());
    CHECK(asked[other].most <= std::max<std::uint64_t>(8, settings.block_bytes));
  }
}

}  // namespace

TEST_CASE("streams between all pairs of ranks arrive, whatever the blocks and windows") {
  for (bool const lying : {false, true})
    for (auto const& settings : {TransferSettings{7, 1, 1}, TransferSettings{8, 4, 8}, TransferSettings{100, 2, 1},
                                 TransferSettings{1024, 1, 8}, TransferSettings{}}) {
      CAPTURE(lying);
      CAPTURE(settings.block_bytes);
      check_transfer({.seed = 1, .most_granules = 0}, settings, lying);
      check_transfer({.seed = 2, .most_granules = 3}, settings, lying);
      check_transfer({.seed = 3, .most_granules = 700}, settings, lying);
      check_transfer({.seed = 4, .most_granules = 700, .percent = 40}, settings, lying);
    }
}

TEST_CASE("many blocks of the default size arrive") {
  check_transfer({.seed = 5, .most_granules = 1'000'000}, TransferSettings{}, false);
  check_transfer({.seed = 6, .most_granules = 1'000'000}, TransferSettings{}, true);
}

TEST_CASE("without streams there is nothing to wait for") {
  BlockTransfer(Communicator::world(), TransferSettings{}).run({}, {}, 99);
  CHECK(true);
}
