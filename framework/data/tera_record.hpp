// Records of 100 bytes as sorting benchmarks use them: 10 bytes of key, then the record's number and filler.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/hash.hpp"

namespace pel {

struct TeraRecord {
  std::array<std::uint8_t, 10> key;
  std::array<std::uint8_t, 90> value;
};
static_assert(sizeof(TeraRecord) == 100);

enum class TeraKind : std::uint8_t { uniform, skew, equal };

// Record i: a key, a blank, i in 32 hexadecimal digits, 56 times the letter A + i mod 26, a newline. Keys, of h(x) =
// SplitMix64's output for state x: uniform, the first 10 bytes (little-endian) of h(seed << 40 | 2 i) and h(… | 2 i +
// 1); skew, in 70 of 100 records "SKEWEDKEY" and a byte below 4; equal, ten letters A.
[[nodiscard]] inline TeraRecord tera_record(TeraKind kind, std::uint64_t seed, std::uint64_t i) {
  auto const hash = [seed](std::uint64_t x) { return base::mix64((seed << 40U | x) + 0x9e3779b97f4a7c15ULL); };
  TeraRecord record{};
  auto const low = hash(2 * i), high = hash(2 * i + 1), skew = hash(i | std::uint64_t{1} << 63U);
  for (std::size_t k = 0; k < record.key.size(); ++k)
    record.key[k] = static_cast<std::uint8_t>(k < 8 ? low >> (8 * k) : high >> (8 * (k - 8)));
  if (kind == TeraKind::skew && skew % 100 < 70) {
    constexpr std::array<std::uint8_t, 9> hot{'S', 'K', 'E', 'W', 'E', 'D', 'K', 'E', 'Y'};
    std::copy(hot.begin(), hot.end(), record.key.begin());
    record.key[9] = static_cast<std::uint8_t>(skew % 4);
  }
  if (kind == TeraKind::equal) record.key.fill('A');
  auto* at = record.value.data();
  *at++ = ' ';
  for (unsigned digit = 32; digit-- > 0;)
    *at++ = static_cast<std::uint8_t>("0123456789abcdef"[digit < 16 ? i >> (4 * digit) & 15U : 0]);
  std::fill(at, record.value.data() + 89, static_cast<std::uint8_t>('A' + i % 26));
  record.value[89] = '\n';
  return record;
}

}  // namespace pel
