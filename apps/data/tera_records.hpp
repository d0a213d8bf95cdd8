// Records of 100 bytes as sorting benchmarks use them: 10 bytes of key, then the record's number and filler.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <pel/dataset.hpp>
#include <span>

struct TeraRecord {
  std::array<std::uint8_t, 10> key;
  std::array<std::uint8_t, 90> value;
};
static_assert(sizeof(TeraRecord) == 100);

// What sort_by orders by.
inline constexpr auto tera_key = [](TeraRecord const& record) { return record.key; };

enum class TeraKind : std::uint8_t { uniform, skew, equal };

// Record i: a key, a blank, i in 32 hexadecimal digits, 56 times the letter A + i mod 26, a newline. Keys, of h(x) =
// SplitMix64's output for state x: uniform, the first 10 bytes (little-endian) of h(seed << 40 | 2 i) and h(… | 2 i +
// 1); skew, in 70 of 100 records "SKEWEDKEY" and a byte below 4; equal, ten letters A.
[[nodiscard]] inline TeraRecord tera_record(TeraKind kind, std::uint64_t seed, std::uint64_t i) {
  auto const hash = [seed](std::uint64_t x) { return pel::base::mix64((seed << 40U | x) + 0x9e3779b97f4a7c15ULL); };
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

// What is true of records in order; one partition's, then all of them, folded from the first to the last.
struct TeraCheck {
  std::uint64_t records = 0, out_of_order = 0, crc_sum = 0;
  std::array<std::uint8_t, 10> first{}, last{};

  // Records of one partition, block by block.
  void add(TeraRecord const& record);
  TeraCheck& operator+=(TeraCheck const& next) {
    if (next.records == 0) return *this;
    if (records == 0) first = next.first;
    if (records > 0 && next.first < last) ++out_of_order;
    records += next.records;
    out_of_order += next.out_of_order;
    crc_sum += next.crc_sum;
    last = next.last;
    return *this;
  }
};

// CRC-32 as in ISO 3309 and zlib: reflected polynomial 0xEDB88320.
[[nodiscard]] inline std::uint32_t crc32_of(std::span<std::uint8_t const> bytes) noexcept {
  static constexpr auto table = [] {
    std::array<std::uint32_t, 256> made{};
    for (std::uint32_t i = 0; i < made.size(); ++i) {
      auto crc = i;
      for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);
      made[i] = crc;
    }
    return made;
  }();
  auto crc = ~std::uint32_t{0};
  for (auto const byte : bytes) crc = (crc >> 8U) ^ table[(crc ^ byte) & 255U];
  return ~crc;
}

inline void TeraCheck::add(TeraRecord const& record) {
  if (records == 0) first = record.key;
  if (records > 0 && record.key < last) ++out_of_order;
  ++records;
  crc_sum += crc32_of({record.key.data(), sizeof record});
  last = record.key;
}
