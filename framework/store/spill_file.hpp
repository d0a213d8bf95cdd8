// A file without a name for what does not fit into memory.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "store/file.hpp"

namespace pel::store {

// Bytes that went to disk and came back, of all spill files that share the counters.
struct SpillFigures {
  std::atomic<std::uint64_t> written{0}, read{0};
};

// Grows at its end; what lies in it is read by offset. It is unlinked as soon as it is open, so nothing is left of it,
// however the process ends. Used by several threads at once.
class SpillFile {
 public:
  // Makes the directory where it is missing. Throws: WriteFailed.
  SpillFile(std::filesystem::path const& directory, std::shared_ptr<SpillFigures> figures);

  // Returns where the bytes lie. Throws: WriteFailed.
  [[nodiscard]] std::uint64_t append(std::span<std::byte const> bytes);
  // Throws: SystemError.
  void read_at(std::uint64_t offset, std::span<std::byte> bytes) const;
  // Gives the room of these bytes back to the disk, if it can.
  void forget(std::uint64_t offset, std::uint64_t bytes) noexcept;
  [[nodiscard]] std::uint64_t size() const noexcept { return end_; }

 private:
  std::filesystem::path shown_;  // what messages call it
  Descriptor descriptor_;
  std::shared_ptr<SpillFigures> figures_;
  std::atomic<std::uint64_t> end_{0};
};

}  // namespace pel::store
