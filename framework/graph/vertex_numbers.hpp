// Ids as numbers of 32 bits, for as long as a graph is loaded: half the memory of an arc, and an index into tables.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace pel::graph {

// The ids a rank has met. While they are small they are their own numbers; else numbers are dealt by hash tables. They
// mean nothing outside of the rank. number_of() may be called by several threads at once, the others not meanwhile.
class VertexNumbers {
 public:
  // Numbers from here on mean no vertex: marks for tables by number.
  static constexpr std::uint32_t limit = ~std::uint32_t{0} - 1;

  [[nodiscard]] bool direct() const noexcept { return direct_; }
  // Says, of a direct numbering, that ids up to this one come.
  void reach(std::uint64_t id) noexcept {
    if (id >= direct_space_) direct_space_ = id + 1;
  }
  // From now on numbers come from tables. What was numbered before has to be numbered again.
  void use_tables() noexcept { direct_ = false; }

  // The number of an id; a table gives a new one to an id it does not have. Requires: direct: an id below `limit`.
  // Throws: ConfigError for more ids than there are numbers.
  [[nodiscard]] std::uint32_t number_of(std::uint64_t id) {
    return direct_ ? static_cast<std::uint32_t>(id) : number_in_table(id);
  }
  // The number of an id, or one that is not below space().
  [[nodiscard]] std::uint64_t find(std::uint64_t id) const;
  // Requires: number_of() gave it.
  [[nodiscard]] std::uint64_t id_of(std::uint32_t number) const noexcept {
    return direct_ ? number : shards_[number % shard_count].ids[number / shard_count];
  }
  // All numbers are below.
  [[nodiscard]] std::uint64_t space() const noexcept;

 private:
  static constexpr std::size_t shard_count = 64;  // each with a lock of its own
  struct Shard {
    std::mutex mutex;
    std::vector<std::uint64_t> ids;
    std::vector<std::uint32_t> table;  // positions in `ids` + 1, or 0; open addressing, at most half full
  };

  [[nodiscard]] std::uint32_t number_in_table(std::uint64_t id);
  static void grow(Shard& shard);

  bool direct_ = true;
  std::uint64_t direct_space_ = 0;
  std::array<Shard, shard_count> shards_;
};

}  // namespace pel::graph
