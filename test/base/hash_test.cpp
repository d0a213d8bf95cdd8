#include "base/hash.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using pel::base::hash_text;
using pel::base::mix64;
using pel::base::scale_down;
using pel::base::stable_hash;

TEST_CASE("the hash of an integer is that of SplitMix64 and never changes") {
  // 0xe220… is the published first number of SplitMix64 from seed 0.
  CHECK(stable_hash(0) == 0xe220a8397b1dcdafULL);
  CHECK(stable_hash(1) == 0x910a2dec89025cc1ULL);
  CHECK(stable_hash(81) == 0x9192105c8367ccf5ULL);
  CHECK(stable_hash(-1) == 0xe4d971771b652c20ULL);
  CHECK(stable_hash(std::numeric_limits<std::int64_t>::max()) == 0x2a67d7552e039ea7ULL);
  CHECK(stable_hash(std::numeric_limits<std::int64_t>::min()) == 0x481ec0a212a9f3dbULL);
}

TEST_CASE("the hash of an integer is that of its value, whatever its type") {
  enum class Colour : std::uint8_t { red = 81 };

  CHECK(stable_hash(std::uint8_t{81}) == stable_hash(std::uint64_t{81}));
  CHECK(stable_hash(std::int16_t{-1}) == stable_hash(std::int64_t{-1}));
  CHECK(stable_hash(Colour::red) == stable_hash(81));
}

TEST_CASE("the hash of a text is XXH3-64 and never changes") {
  std::string bytes;
  for (int i = 0; i < 512; ++i) bytes += static_cast<char>(i % 256);

  CHECK(hash_text("") == 0x2d06800538d394c2ULL);  // as XXH3's own test vectors have it
  CHECK(hash_text("word") == 0xe3ce369cf66c5c55ULL);
  CHECK(hash_text("partition") == 0xdbf31cc7b4e07437ULL);
  CHECK(hash_text(bytes) == 0x1059105ad19bfa09ULL);
  CHECK(stable_hash(std::string("word")) == stable_hash("word"));
}

TEST_CASE("mixing changes about half of all bits for each bit of the input") {
  constexpr int samples = 200;
  for (unsigned bit = 0; bit < 64; ++bit) {
    int flipped = 0;
    for (std::uint64_t i = 0; i < samples; ++i) {
      auto const z = i * 0x9e3779b97f4a7c15ULL + 1;
      flipped += __builtin_popcountll(mix64(z) ^ mix64(z ^ (std::uint64_t{1} << bit)));
    }
    CAPTURE(bit);
    CHECK(flipped > samples * 29);
    CHECK(flipped < samples * 35);
  }
}

TEST_CASE("a hash is scaled to all of 0 to n - 1 and never to n") {
  constexpr auto greatest = std::numeric_limits<std::uint64_t>::max();

  CHECK(scale_down(0, 64) == 0);
  CHECK(scale_down(greatest, 64) == 63);
  CHECK(scale_down(greatest, 1) == 0);
  CHECK(scale_down(greatest, std::numeric_limits<std::uint32_t>::max()) ==
        std::numeric_limits<std::uint32_t>::max() - 1);
  CHECK(scale_down(std::uint64_t{1} << 63U, 3) == 1);
  CHECK(scale_down(stable_hash("word"), 64) == 56);
}
