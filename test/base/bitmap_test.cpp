#include "base/bitmap.hpp"

#include <doctest/doctest.h>

#include <set>
#include <thread>
#include <vector>

#include "base/hash.hpp"
#include "base/ranked_bitmap.hpp"

using pel::base::Bitmap;
using pel::base::mix64;
using pel::base::RankedBitmap;

namespace {

bool member(std::size_t i, std::uint64_t percent, std::uint64_t seed = 0) { return mix64(i + seed) % 100 < percent; }

std::vector<std::size_t> members(Bitmap const& bits, std::size_t first, std::size_t last) {
  std::vector<std::size_t> all;
  bits.for_each(first, last, [&](std::size_t i) { all.push_back(i); });
  return all;
}

}  // namespace

TEST_CASE("the bits of any range are those that were set") {
  for (std::size_t const size : {0U, 1U, 63U, 64U, 65U, 300U})
    for (std::uint64_t const percent : {0U, 30U, 100U}) {
      Bitmap bits(size);
      for (std::size_t i = 0; i < size; ++i)
        if (member(i, percent)) bits.set(i);
      CHECK(bits.any() == !members(bits, 0, size).empty());
      for (std::size_t first = 0; first <= size; first += 7)
        for (std::size_t last = first; last <= size; last += 5) {
          std::vector<std::size_t> expected;
          for (auto i = first; i < last; ++i)
            if (member(i, percent)) expected.push_back(i);
          CHECK(members(bits, first, last) == expected);
          CHECK(bits.count(first, last) == expected.size());
        }
      bits.clear();
      CHECK_FALSE(bits.any());
    }
}

TEST_CASE("ranges and words are set at any place") {
  for (std::size_t first = 0; first < 140; first += 3)
    for (auto last = first; last <= 200; last += 11) {
      Bitmap bits(200);
      bits.set_range(first, last);
      CHECK(bits.count(0, 200) == last - first);
      CHECK(bits.count(first, last) == last - first);
    }
  for (std::size_t at = 0; at < 136; ++at) {
    Bitmap bits(200);
    bits.set_word(at, 0x8000000000000005U);
    CHECK(members(bits, 0, 200) == std::vector<std::size_t>{at, at + 2, at + 63});
  }
}

TEST_CASE("threads set bits of the same words") {
  Bitmap bits(1000);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 4; ++t)
    threads.emplace_back([&bits, t] {
      for (auto i = t; i < 1000; i += 4)
        if (i % 3 != 0) bits.set_shared(i);
    });
  for (auto& thread : threads) thread.join();

  for (std::size_t i = 0; i < 1000; ++i) CHECK(bits.test(i) == (i % 3 != 0));
}

TEST_CASE("a ranked bitmap knows how many members are below, and those in another set") {
  for (std::size_t const size : {1U, 64U, 130U, 1000U})
    for (std::uint64_t const percent : {1U, 50U, 100U}) {
      RankedBitmap ranked(size), at_once(size);
      Bitmap some(size + 70), few(size + 70);
      std::vector<std::uint32_t> added;
      for (std::size_t i = 0; i < size; ++i) {
        if (member(i, percent)) {
          ranked.add(i);
          added.push_back(static_cast<std::uint32_t>(i));
        }
        if (member(i, 40, 99)) some.set(i);
        if (member(i, 2, 99)) few.set(i);
      }
      at_once.add_all(added);
      ranked.count();
      at_once.count();

      for (auto const* others : {&some, &few}) {
        std::uint32_t below = 0;
        std::vector<std::pair<std::size_t, std::uint32_t>> expected, found;
        for (std::size_t i = 0; i < size; ++i) {
          CHECK(ranked.rank(i) == (member(i, percent) ? below : RankedBitmap::absent));
          CHECK(at_once.rank(i) == ranked.rank(i));
          if (!member(i, percent)) continue;
          if (others->test(i) && i >= size / 5 && i < size - size / 7) expected.emplace_back(i, below);
          ++below;
        }
        ranked.for_each_in(*others, size / 5, size - size / 7,
                           [&](std::size_t i, std::uint32_t rank) { found.emplace_back(i, rank); });
        CHECK(found == expected);
        CHECK(ranked.count_in(*others, size / 5, size - size / 7) == expected.size());
      }
    }
}
