// What the partitions of a rank find in a superstep: in memory, or on disk where that was too much.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/block.hpp"
#include "base/block_pool.hpp"
#include "comm/exchange.hpp"
#include "engine/memory.hpp"
#include "engine/step_frame.hpp"
#include "engine/stored_mail.hpp"
#include "pel/partition.hpp"
#include "store/spill_file.hpp"

namespace pel::engine {

// Filled on the main thread, round by round; then read.
// Invariant: memory() bytes lie in memory, where segments point to.
class Mail {
 public:
  explicit Mail(std::size_t slots) : segments_(slots), stored_(slots) {}

  void add(std::size_t slot, Segment const& segment) {
    segments_[slot].push_back(segment);
    memory_ += segment.bytes.size();
  }
  // The memory that segments lie in.
  void own(base::Block&& block) { blocks_.push_back(std::move(block)); }
  // Writes what is in memory to disk, a run of the bytes of each partition after the other, and gives the memory back.
  // Throws: WriteFailed.
  void spill(Memory& memory, base::BlockPool& pool);
  // All is there: puts it in the order of source partitions.
  void finish();
  void clear(base::BlockPool& pool);

  [[nodiscard]] bool empty() const noexcept { return blocks_.empty() && !file_; }
  [[nodiscard]] std::uint64_t memory() const noexcept { return memory_; }
  [[nodiscard]] std::span<Segment const> segments(std::size_t slot) const noexcept { return segments_[slot]; }
  // None where nothing of the partition is on disk; then all of it is in segments(), else nothing.
  [[nodiscard]] StoredMail const* stored(std::size_t slot) const noexcept {
    return stored_[slot].extents_.empty() ? nullptr : &stored_[slot];
  }

 private:
  std::vector<std::vector<Segment>> segments_;  // by slot
  std::vector<base::Block> blocks_;
  std::vector<StoredMail> stored_;  // by slot
  std::shared_ptr<store::SpillFile> file_;
  std::uint64_t memory_ = 0;
};

}  // namespace pel::engine
