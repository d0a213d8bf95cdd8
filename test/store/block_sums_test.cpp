#include "store/block_sums.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <thread>
#include <vector>

#include "base/digest.hpp"

using pel::store::block_bytes;
using pel::store::blocks_in;
using pel::store::BlockSums;

namespace {

using Bytes = std::vector<std::byte>;

Bytes random_bytes(std::size_t n, unsigned seed) {
  std::mt19937_64 random(seed);
  Bytes bytes(n);
  for (auto& byte : bytes) byte = static_cast<std::byte>(random());
  return bytes;
}

std::vector<std::span<std::byte const>> spans_of(std::vector<Bytes> const& slices) {
  return {slices.begin(), slices.end()};
}

// The oracle: one block after the other.
std::vector<std::uint64_t> sums_of(std::vector<Bytes> const& slices) {
  std::vector<std::uint64_t> sums;
  for (auto const& slice : slices)
    for (std::size_t at = 0; at < slice.size(); at += block_bytes)
      sums.push_back(pel::base::checksum_of(std::span(slice).subspan(at, std::min(block_bytes, slice.size() - at))));
  return sums;
}

}  // namespace

TEST_CASE("a slice has as many blocks as it begins") {
  CHECK(blocks_in(0) == 0);
  CHECK(blocks_in(1) == 1);
  CHECK(blocks_in(block_bytes) == 1);
  CHECK(blocks_in(block_bytes + 1) == 2);
  CHECK(blocks_in(3 * block_bytes) == 3);
}

TEST_CASE("blocks are cut from the start of each slice, whatever its size") {
  std::vector<Bytes> slices;
  for (auto const n : {std::size_t{0}, std::size_t{1}, block_bytes - 1, block_bytes, block_bytes + 1, std::size_t{0},
                       2 * block_bytes + 77})
    slices.push_back(random_bytes(n, static_cast<unsigned>(n)));
  BlockSums sums(spans_of(slices));
  CHECK(sums.first_block(0) == 0);
  CHECK(sums.first_block(1) == 0);
  CHECK(sums.first_block(4) == 3);
  CHECK(sums.first_block(6) == 5);
  auto const expected = sums_of(slices);

  CHECK(sums.sum(7) == expected[7]);  // before there is any
  sums.finish();

  CHECK(sums.sums() == expected);
  for (std::size_t block = 0; block < expected.size(); ++block) CHECK(sums.sum(block) == expected[block]);
}

TEST_CASE("no slices have no sums") {
  BlockSums sums({});
  sums.help();
  sums.finish();
  CHECK(sums.sums().empty());
}

TEST_CASE("several threads help, and finish() waits for them all") {
  std::vector<Bytes> slices;
  for (unsigned i = 0; i < 500; ++i) slices.push_back(random_bytes(i % 7 == 0 ? 50000 : i, i));
  auto const expected = sums_of(slices);

  for (int round = 0; round < 50; ++round) {
    CAPTURE(round);
    BlockSums sums(spans_of(slices));
    std::vector<std::uint64_t> in_between;
    {
      std::vector<std::jthread> threads;
      threads.reserve(4);
      for (int i = 0; i < 3; ++i) threads.emplace_back([&] { sums.help(); });
      threads.emplace_back([&] {
        for (std::size_t block = 0; block < expected.size(); block += 10) in_between.push_back(sums.sum(block));
      });
      sums.finish();
      CHECK(sums.sums() == expected);
    }
    for (std::size_t i = 0; i < in_between.size(); ++i) CHECK(in_between[i] == expected[10 * i]);
  }
}
