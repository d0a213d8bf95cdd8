#include "base/random.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <set>
#include <vector>

using pel::Random;

namespace {

std::vector<std::uint64_t> first_of(Random random, int n) {
  std::vector<std::uint64_t> numbers(static_cast<std::size_t>(n));
  for (auto& number : numbers) number = random();
  return numbers;
}

}  // namespace

TEST_CASE("the numbers are those of Philox4x64-10 as its authors publish them") {
  // Known answer of Random123's kat_vectors: counter 0, key 0.
  CHECK(first_of(Random(0, 0, 0), 4) == std::vector<std::uint64_t>{0x16554d9eca36314cULL, 0xdb20fe9d672d0fdcULL,
                                                                   0xd7e772cee186176bULL, 0x7e68b68aec7ba23bULL});
}

TEST_CASE("equal seed, partition and superstep give equal numbers") {
  CHECK(first_of(Random(1, 2, 3), 1000) == first_of(Random(1, 2, 3), 1000));
}

TEST_CASE("streams of another seed, partition or superstep have no number in common") {
  std::set<std::uint64_t> all;
  std::size_t drawn = 0;
  for (std::uint64_t seed = 0; seed < 4; ++seed)
    for (std::uint64_t partition = 0; partition < 4; ++partition)
      for (std::uint64_t superstep = 0; superstep < 4; ++superstep) {
        auto const numbers = first_of(Random(seed, partition, superstep), 100);
        all.insert(numbers.begin(), numbers.end());
        drawn += numbers.size();
      }

  CHECK(all.size() == drawn);
}

TEST_CASE("uniform numbers lie in [0, 1) with the mean and spread they should have") {
  Random random(7, 0, 0);
  double sum = 0, squares = 0, least = 1, greatest = 0;
  constexpr int n = 100'000;
  for (int i = 0; i < n; ++i) {
    auto const x = random.uniform();
    sum += x;
    squares += x * x;
    least = std::min(least, x);
    greatest = std::max(greatest, x);
  }

  CHECK(least >= 0);
  CHECK(greatest < 1);
  CHECK(sum / n == doctest::Approx(0.5).epsilon(0.01));
  CHECK(squares / n == doctest::Approx(1.0 / 3).epsilon(0.01));
}

TEST_CASE("numbers below n are all of 0 to n - 1, about equally often") {
  Random random(7, 1, 0);
  std::array<int, 10> found{};
  for (int i = 0; i < 100'000; ++i) ++found.at(random.below(10));

  for (auto const n : found) {
    CHECK(n > 9500);
    CHECK(n < 10'500);
  }
  CHECK(random.below(1) == 0);
}
