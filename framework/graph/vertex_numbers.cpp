#include "graph/vertex_numbers.hpp"

#include <algorithm>

#include "base/hash.hpp"
#include "pel/error.hpp"

namespace pel::graph {
namespace {

// Where a search for the id begins. Partitions go by the high bits of the hash, shards by the lowest six.
std::size_t start_of(std::uint64_t hash, std::size_t mask) noexcept { return (hash >> 6U) & mask; }

}  // namespace

std::uint64_t VertexNumbers::find(std::uint64_t id) const {
  if (direct_) return id;
  auto const hash = base::stable_hash(id);
  auto const which = hash % shard_count;
  auto const& shard = shards_[which];
  if (shard.table.empty()) return space();
  auto const mask = shard.table.size() - 1;
  for (auto at = start_of(hash, mask); shard.table[at] != 0; at = (at + 1) & mask)
    if (shard.ids[shard.table[at] - 1] == id) return (shard.table[at] - 1) * shard_count + which;
  return space();
}

std::uint64_t VertexNumbers::space() const noexcept {
  if (direct_) return direct_space_;
  std::size_t longest = 0;
  for (auto const& shard : shards_) longest = std::max(longest, shard.ids.size());
  return longest * shard_count;
}

std::uint32_t VertexNumbers::number_in_table(std::uint64_t id) {
  auto const hash = base::stable_hash(id);
  auto const which = hash % shard_count;
  auto& shard = shards_[which];
  std::lock_guard const lock(shard.mutex);
  if (shard.table.size() < 2 * (shard.ids.size() + 1)) grow(shard);
  auto const mask = shard.table.size() - 1;
  auto at = start_of(hash, mask);
  for (; shard.table[at] != 0; at = (at + 1) & mask)
    if (shard.ids[shard.table[at] - 1] == id) break;
  if (shard.table[at] == 0) {
    if ((shard.ids.size() + 1) * shard_count > limit)
      throw ConfigError("ranks", "one rank meets more than about 2^32 vertices", "start the job on more ranks");
    shard.ids.push_back(id);
    shard.table[at] = static_cast<std::uint32_t>(shard.ids.size());
  }
  return static_cast<std::uint32_t>((shard.table[at] - 1) * shard_count + which);
}

void VertexNumbers::grow(Shard& shard) {
  std::vector<std::uint32_t> larger(std::max<std::size_t>(16, 2 * shard.table.size()), 0);
  auto const mask = larger.size() - 1;
  for (auto const position : shard.table) {
    if (position == 0) continue;
    auto at = start_of(base::stable_hash(shard.ids[position - 1]), mask);
    while (larger[at] != 0) at = (at + 1) & mask;
    larger[at] = position;
  }
  shard.table = std::move(larger);
}

}  // namespace pel::graph
