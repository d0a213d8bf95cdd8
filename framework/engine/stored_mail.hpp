// The mail of one partition where it is on disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/step_frame.hpp"
#include "pel/partition.hpp"

namespace pel::store {
class SpillFile;
}

namespace pel::engine {

// Read by several threads at once.
class StoredMail {
 public:
  // Messages of one source partition; those of one partition in the order they were sent.
  struct Extent {
    PartitionId from{};
    std::uint64_t count = 0, bytes = 0, offset = 0;
  };

  [[nodiscard]] std::span<Extent const> extents() const noexcept { return extents_; }  // ascending by source
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
  // Bytes of an extent, from `begin` on. Throws: SystemError.
  void read(Extent const& extent, std::uint64_t begin, std::span<std::byte> to) const;
  // All of it: `to` has bytes() bytes. Returns the segments, which lie there. Throws: SystemError.
  [[nodiscard]] std::vector<Segment> load(std::span<std::byte> to) const;

 private:
  friend class Mail;
  std::vector<Extent> extents_;
  std::uint64_t count_ = 0, bytes_ = 0;
  store::SpillFile const* file_ = nullptr;
};

}  // namespace pel::engine
