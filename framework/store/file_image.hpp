// An HDF5 file laid out in memory: HDF5 writes names, types and places here, the payload is never in it.
// Why: when the disk is full, HDF5 1.10 fails to close a file, keeps a dangling pointer to it, and crashes when the
// process ends. So HDF5 never writes to a disk; its few pages of metadata are written by our own checked calls.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>

#include "store/file.hpp"

namespace pel::store {

// The bytes written, by page; all others are zero and take no memory.
// Example: 195 bytes at 0 and 48 at 5000000 are two pages in memory.
class FileImage {
 public:
  void write(std::uint64_t offset, std::span<std::byte const> bytes);
  void read(std::uint64_t offset, std::span<std::byte> bytes) const;

  // The size of the file, with the room for all payload; it grows by write() too.
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  void resize(std::uint64_t bytes) noexcept { size_ = bytes; }
  // Whether what HDF5 itself writes of datasets is dropped: compressed chunks, which are written past it like all other
  // data, and of which it only needs to know where they are.
  void leave_out_data() noexcept { leaves_out_data_ = true; }
  [[nodiscard]] bool leaves_out_data() const noexcept { return leaves_out_data_; }
  // One past the last byte that was written.
  [[nodiscard]] std::uint64_t last_written() const noexcept { return last_written_; }

  // Writes the pages to the file, which is to be of this size. Throws: WriteFailed.
  void write_pages(WritableFile& file) const;
  // Makes the file on the disk, its space reserved, and returns it for the payload to be written.
  // Throws: WriteFailed.
  [[nodiscard]] WritableFile store(std::filesystem::path const& path) const;

 private:
  static constexpr std::uint64_t page_bytes = 4096;
  std::map<std::uint64_t, std::array<std::byte, page_bytes>> pages_;  // by number
  std::uint64_t size_ = 0, last_written_ = 0;
  bool leaves_out_data_ = false;
};

}  // namespace pel::store
