// What sorting and checking the records of sorting benchmarks takes.
#pragma once

#include <array>
#include <cstdint>
#include <pel/dataset.hpp>
#include <pel/tera.hpp>
#include <span>

using pel::TeraKind;
using pel::TeraRecord;

// What sort_by orders by.
inline constexpr auto tera_key = [](TeraRecord const& record) { return record.key; };

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
