#include "data/hot_keys.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "base/hash.hpp"

using pel::data::FrequentHashes;
using pel::data::HotKeys;

namespace {

using Hashes = std::vector<std::uint64_t>;

std::uint64_t hash_of(std::uint64_t key) { return pel::base::stable_hash(key); }

HotKeys hot_of(std::vector<Hashes> const& partitions, std::uint32_t parts) {
  std::vector<std::vector<std::byte>> told(partitions.size());
  std::vector<std::span<std::byte const>> views;
  for (std::size_t p = 0; p < partitions.size(); ++p) {
    FrequentHashes seen(parts);
    for (auto const hash : partitions[p]) seen.add(hash);
    seen.put(told[p]);
    views.emplace_back(told[p]);
  }
  return {views, parts};
}

// Each key above a part's worth is hot, each below five eighths of it is not.
void check_exactly(std::vector<Hashes> const& partitions, std::uint32_t parts) {
  std::map<std::uint64_t, std::uint64_t> counts;
  std::uint64_t n = 0;
  for (auto const& hashes : partitions)
    for (auto const hash : hashes) {
      ++counts[hash];
      ++n;
    }
  auto const hot = hot_of(partitions, parts);
  std::size_t found = 0;
  for (auto const& [hash, count] : counts) {
    bool const is_hot = hot.contains(hash);
    if (is_hot) ++found;
    if (!is_hot && count >= HotKeys::least && count * parts > n) FAIL_CHECK("not hot: " << count << " of " << n);
    if (is_hot && (count < HotKeys::least || count * parts * 8 < n * 5)) FAIL_CHECK("hot: " << count << " of " << n);
  }
  CHECK(hot.size() == found);
}

}  // namespace

TEST_CASE("keys above a part's worth are hot, wherever they lie and whatever is between them") {
  for (std::uint32_t const parts : {2U, 7U, 64U})
    for (std::uint64_t const share : {100U, 30U, 3U}) {  // of the hot keys together, in hundredths
      CAPTURE(parts);
      CAPTURE(share);
      std::vector<Hashes> spread(parts), in_a_row(parts);
      constexpr std::uint64_t n = 70'000;
      std::uint64_t hot = 0;
      for (std::uint64_t i = 0; i < n; ++i) {
        auto const draw = pel::base::mix64(i);
        // Key k of 0 … 3 has half as many as key k - 1; others come once or a few times.
        auto key = 1000 + draw % (i % 2 == 0 ? n : 5000);
        if (draw % 100 < share) {
          ++hot;
          key = hot % 2 == 0 ? 0 : hot % 4 == 1 ? 1 : hot % 8 == 3 ? 2 : 3;
        }
        spread[i % parts].push_back(hash_of(key));
        in_a_row[i * parts / n].push_back(hash_of(key));
      }
      check_exactly(spread, parts);
      for (auto& hashes : in_a_row) std::sort(hashes.begin(), hashes.end());
      check_exactly(in_a_row, parts);
    }
}

TEST_CASE("a hot key that one partition alone has is found") {
  std::vector<Hashes> partitions(64);
  for (std::size_t p = 0; p < 64; ++p)
    for (std::uint64_t i = 0; i < 3000; ++i) partitions[p].push_back(hash_of(p == 17 ? 5 : 10'000 * p + i));
  partitions[17].push_back(hash_of(5));

  auto const hot = hot_of(partitions, 64);
  CHECK(hot.size() == 1);
  CHECK(hot.contains(hash_of(5)));
  check_exactly(partitions, 64);
}

TEST_CASE("nothing is hot among nothing, and among few") {
  CHECK(hot_of(std::vector<Hashes>(5), 5).empty());
  CHECK(hot_of({Hashes(HotKeys::least - 1, 77), {}}, 2).empty());
  CHECK(hot_of({Hashes(HotKeys::least, 77), {}}, 2).contains(77));
  CHECK_FALSE(HotKeys().contains(0));
}
