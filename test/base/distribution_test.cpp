#include "base/distribution.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using pel::Block;
using pel::Hashed;
using pel::index;
using pel::partition_id;
using pel::PartitionId;
using pel::Range;

namespace {

// The partition of each key, dealt out one partition after the other: sizes differ by one at most, longer ones first.
std::vector<std::uint32_t> dealt(std::uint64_t n, std::uint32_t partitions) {
  std::vector<std::uint32_t> owner;
  for (std::uint32_t p = 0; p < partitions; ++p) {
    std::uint64_t const size = n / partitions + (p < n % partitions ? 1 : 0);
    owner.insert(owner.end(), size, p);
  }
  return owner;
}

bool agrees_with_dealing(std::uint64_t n, std::uint32_t partitions) {
  Block const block(n, partitions);
  auto const owner = dealt(n, partitions);
  std::vector<std::uint64_t> next(partitions, 0);
  bool same = owner.size() == n && block.partitions() == partitions;
  for (std::uint64_t key = 0; key < n; ++key) {
    auto const p = partition_id(owner[key]);
    same = same && block.owner(key) == p && block.index_of(key) == next[owner[key]];
    if (next[owner[key]] == 0) same = same && block.first(p) == key;
    ++next[owner[key]];
  }
  std::uint64_t first = 0;
  for (std::uint32_t p = 0; p < partitions; ++p) {
    same = same && block.size(partition_id(p)) == next[p] && block.first(partition_id(p)) == first;
    first += next[p];
  }
  return same;
}

}  // namespace

TEST_CASE("blocks are what dealing the keys one by one gives") {
  for (std::uint64_t n = 0; n <= 70; ++n)
    for (std::uint32_t partitions = 1; partitions <= 70; ++partitions) {
      CAPTURE(n);
      CAPTURE(partitions);
      CHECK(agrees_with_dealing(n, partitions));
    }
  CHECK(agrees_with_dealing(100'003, 64));
  CHECK(agrees_with_dealing(5, 1000));
}

TEST_CASE("of no keys every block is empty") {
  Block const block(0, 64);

  for (std::uint32_t p = 0; p < 64; ++p) {
    CHECK(block.size(partition_id(p)) == 0);
    CHECK(block.first(partition_id(p)) == 0);
  }
}

TEST_CASE("blocks of nearly 2^64 keys do not overflow") {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  constexpr auto half = std::uint64_t{1} << 63U;
  for (std::uint64_t const n : {half - 1, half, half + 1, most - 1, most}) {
    for (std::uint32_t const partitions : {1U, 2U, 3U, 5U, 7U, 64U, 1U << 24U}) {
      CAPTURE(n);
      CAPTURE(partitions);
      Block const block(n, partitions);
      std::uint64_t first = 0;  // wraps if sizes are wrong; the sum of all sizes is n
      bool fits = true;
      for (std::uint32_t p = 0; p < partitions; ++p) {
        auto const id = partition_id(p);
        auto const size = block.size(id);
        fits = fits && block.first(id) == first && size > 0;
        fits = fits && block.owner(first) == id && block.owner(first + (size - 1)) == id;
        fits = fits && block.index_of(first + (size - 1)) == size - 1;
        first += size;
      }
      CHECK(fits);
      CHECK(first == n);
    }
  }
}

TEST_CASE("hashed keys lie evenly, also where the keys have a pattern") {
  constexpr std::uint32_t partitions = 64;
  constexpr std::uint64_t keys = 64'000;  // 1,000 a partition: five standard deviations are 157
  Hashed const hashed(partitions);
  for (std::uint64_t const stride : {std::uint64_t{1}, std::uint64_t{64}, std::uint64_t{1} << 32U}) {
    std::vector<int> found(partitions, 0);
    for (std::uint64_t i = 0; i < keys; ++i) ++found[index(hashed.owner(i * stride))];
    CAPTURE(stride);
    for (auto const n : found) {
      CHECK(n > 840);
      CHECK(n < 1160);
    }
  }
  std::vector<int> words(partitions, 0);
  for (std::uint64_t i = 0; i < keys; ++i) ++words[index(hashed.owner("word " + std::to_string(i)))];
  for (auto const n : words) {
    CHECK(n > 840);
    CHECK(n < 1160);
  }
}

TEST_CASE("who owns a hashed key never changes") {
  CHECK(Hashed{64}.owner(std::string("word")) == partition_id(56));
  CHECK(Hashed{64}.owner(0) == partition_id(0xe220a8397b1dcdafULL >> 58U));
  CHECK(Hashed{1}.owner(std::string("word")) == partition_id(0));
}

TEST_CASE("a range owns the keys from its splitter on") {
  Range<int> const range({10, 20, 20, 30});

  CHECK(range.partitions() == 5);
  CHECK(range.owner(std::numeric_limits<int>::min()) == partition_id(0));
  CHECK(range.owner(9) == partition_id(0));
  CHECK(range.owner(10) == partition_id(1));
  CHECK(range.owner(19) == partition_id(1));
  CHECK(range.owner(20) == partition_id(3));  // partition 2, between equal splitters, is empty
  CHECK(range.owner(29) == partition_id(3));
  CHECK(range.owner(30) == partition_id(4));
  CHECK(range.owner(std::numeric_limits<int>::max()) == partition_id(4));
}

TEST_CASE("a range of texts and a range without splitters have owners") {
  Range<std::string> const words({"g", "n"});

  CHECK(words.owner("apple") == partition_id(0));
  CHECK(words.owner("g") == partition_id(1));
  CHECK(words.owner("zebra") == partition_id(2));
  CHECK(Range<int>({}).partitions() == 1);
  CHECK(Range<int>({}).owner(7) == partition_id(0));
}
