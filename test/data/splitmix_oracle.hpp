// The hash that generated inputs are defined by, written down once more.
#pragma once

#include <cstdint>
#include <initializer_list>

namespace pel::test {

// SplitMix64's output for state x.
[[nodiscard]] inline std::uint64_t splitmix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31U);
}

// h(a, b, …) of data/keyed_hash.hpp for a seed.
[[nodiscard]] inline std::uint64_t keyed(std::uint64_t seed, std::initializer_list<std::uint64_t> numbers) {
  auto key = splitmix(seed);
  for (auto const number : numbers) key = splitmix(key ^ number);
  return key;
}

}  // namespace pel::test
