// The memory of a rank that copies of its state may take: two buffers, one, or none.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/settings.hpp"
#include "engine/world.hpp"
#include "store/snapshot.hpp"

namespace pel::engine {

class SnapshotBuffers {
 public:
  // Collective: all ranks.
  SnapshotBuffers(World& world, RunSettings const& settings);

  [[nodiscard]] store::Snapshot& operator[](std::size_t number) { return snapshots_.at(number); }
  // How many may be used; 0: not agreed yet.
  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  [[nodiscard]] std::uint64_t room() const { return snapshots_[0].room() + snapshots_[1].room(); }

  // Bytes that snapshots, and what is compressed of one, may take: what --checkpoint-memory says, else half of the
  // memory that is left beside them, shared with the ranks of this host.
  [[nodiscard]] std::uint64_t budget() const;
  // Whether so many copies of a state of so many bytes, and `kept` bytes beside them, keep to the budget.
  [[nodiscard]] bool has_room(std::uint64_t bytes, std::uint64_t kept, std::size_t copies) const;
  // Whether a copy of so many bytes may go into this buffer, while `kept` bytes are held beside it and the other buffer
  // is in use or not. A buffer that is there may be used again, however little memory is left by now for another.
  [[nodiscard]] bool fits(std::size_t number, std::uint64_t bytes, std::uint64_t kept, bool other_in_use) const;

  // Claims and touches memory for copies of so many bytes, in `copies` buffers. Throws: std::bad_alloc.
  void reserve(std::uint64_t bytes, std::size_t copies);
  // Agrees how many there are for copies of so many bytes, and `kept` beside them, and says so. The buffer `used` stays
  // in any case.
  // Collective: all ranks. Cost: l = 2 collectives.
  void agree(std::uint64_t bytes, std::uint64_t kept, std::size_t used);
  // The other goes. The same on all ranks.
  void keep_only(std::size_t used);
  // Gives all memory back.
  void release() noexcept;

 private:
  World& world_;
  RunSettings const& settings_;
  std::array<store::Snapshot, 2> snapshots_;
  std::size_t count_ = 0;
  std::uint64_t ranks_here_ = 1;  // on this host
};

}  // namespace pel::engine
