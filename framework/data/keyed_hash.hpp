// Random numbers of generated inputs: hashes of a seed and of numbers that say what the random number is for.
#pragma once

#include <cstdint>

#include "base/hash.hpp"

namespace pel::data {

// With H = base::stable_hash of 64 bits: KeyedHash(seed) has the key H(seed), under(n) the key H(key ^ n), and the
// random number i of a key is H(key ^ i).
// Example: KeyedHash(7).under(2)(5) is H(H(H(7) ^ 2) ^ 5).
class KeyedHash {
 public:
  constexpr explicit KeyedHash(std::uint64_t seed) noexcept : key_(base::stable_hash(seed)) {}
  [[nodiscard]] constexpr KeyedHash under(std::uint64_t n) const noexcept { return KeyedHash(key_ ^ n); }
  [[nodiscard]] constexpr std::uint64_t operator()(std::uint64_t i) const noexcept {
    return base::stable_hash(key_ ^ i);
  }

 private:
  std::uint64_t key_;
};

}  // namespace pel::data
