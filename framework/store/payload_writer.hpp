// Writes large pieces of memory to a file: past the page cache where the file system lets it, else through it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>

#include "store/file.hpp"

namespace pel::store {

// Past the page cache (O_DIRECT) writing costs no core its time: the disk fetches the pages itself. It takes whole
// pages at whole pages only; what hangs over goes through the page cache, never by padding, as something else may lie
// there.
class PayloadWriter {
 public:
  // `file` is the file at `path`, and outlives this. `after_piece` is called after each write.
  PayloadWriter(WritableFile& file, std::filesystem::path const& path, std::function<void(std::uint64_t)> after_piece);

  // Throws: WriteFailed; what after_piece throws.
  void write(std::uint64_t offset, std::span<std::byte const> bytes);

 private:
  [[nodiscard]] bool write_direct(std::uint64_t offset, std::span<std::byte const> pages);
  void write_buffered(std::uint64_t offset, std::span<std::byte const> bytes);

  WritableFile& file_;
  std::filesystem::path path_;
  Descriptor direct_;
  std::function<void(std::uint64_t)> after_piece_;
};

}  // namespace pel::store
