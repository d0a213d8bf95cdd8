#include "data/hot_keys.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>

namespace pel::data {

std::uint32_t hot_parts(std::uint32_t partitions) noexcept { return std::min(partitions, 64U); }

FrequentHashes::FrequentHashes(std::uint32_t parts)
    : parts_(parts), most_(std::size_t{8} * parts), entries_(std::bit_ceil(std::size_t{16} * parts)) {
  mask_ = entries_.size() - 1;
}

// Takes the count of the largest but 4 parts from all: so from more than 4 parts of them, which is why that happens to
// a hash no more than n / (4 parts) times.
void FrequentHashes::thin_out() {
  std::vector<Entry> all;
  for (auto const& entry : entries_)
    if (entry.count != 0) all.push_back(entry);
  std::vector<std::uint64_t> counts;
  for (auto const& entry : all) counts.push_back(entry.count);
  auto const last = counts.begin() + std::ptrdiff_t{4} * parts_;
  std::nth_element(counts.begin(), last, counts.end(), std::greater<>());
  std::fill(entries_.begin(), entries_.end(), Entry{});
  used_ = 0;
  for (auto const& entry : all) {
    if (entry.count <= *last) continue;
    auto at = entry.hash & mask_;
    while (entries_[at].count != 0) at = (at + 1) & mask_;
    entries_[at] = {entry.hash, entry.count - *last};
    ++used_;
  }
}

void FrequentHashes::put(std::vector<std::byte>& bytes) const {
  auto const add = [&](auto const& value) {
    auto const at = bytes.size();
    bytes.resize(at + sizeof value);
    std::memcpy(bytes.data() + at, &value, sizeof value);
  };
  add(n_);
  for (auto const& entry : entries_)
    if (entry.count != 0 && entry.count * 8 * parts_ >= n_) add(entry);
}

HotKeys::HotKeys(Contributions all, std::uint32_t parts) {
  std::vector<FrequentHashes::Entry> entries;
  std::uint64_t n = 0;
  for (auto const bytes : all) {
    std::uint64_t of_one = 0;
    std::memcpy(&of_one, bytes.data(), sizeof of_one);
    n += of_one;
    auto const known = entries.size();
    entries.resize(known + (bytes.size() - sizeof of_one) / sizeof entries[0]);
    if (auto const told = bytes.subspan(sizeof of_one); !told.empty())
      std::memcpy(static_cast<void*>(entries.data() + known), told.data(), told.size());
  }
  std::sort(entries.begin(), entries.end(), [](auto const& a, auto const& b) { return a.hash < b.hash; });
  for (std::size_t i = 0; i < entries.size();) {
    auto const hash = entries[i].hash;
    std::uint64_t count = 0;
    for (; i < entries.size() && entries[i].hash == hash; ++i) count += entries[i].count;
    if (count < least || count * 8 * parts < n * 5) continue;
    hashes_.push_back(hash);
    seen_[(hash >> 6U) % seen_.size()] |= std::uint64_t{1} << (hash % 64);
  }
}

bool HotKeys::is_listed(std::uint64_t hash) const noexcept {
  return std::binary_search(hashes_.begin(), hashes_.end(), hash);
}

}  // namespace pel::data
