// A file as memory, for what must be seen here and there more than once: reading it piece by piece would be a copy of
// the whole. A file that is cut short meanwhile is an error here, as it is for File, and no signal that ends the job.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "data/file.hpp"

namespace pel::data {

// Unmapped when it goes. May be read by several threads at once. Its pages are those of the page cache: they count as
// memory of the process, but the system can take them back.
//
// What the file no longer has reads as zeros, and check() tells of it. For that a handler of SIGBUS is installed with
// the first file; a signal for any other address goes to whoever handled it before.
class MappedFile {
 public:
  // None where the system cannot map it: then read it.
  [[nodiscard]] static std::unique_ptr<MappedFile> of(File file);
  ~MappedFile();
  MappedFile(MappedFile const&) = delete;
  MappedFile& operator=(MappedFile const&) = delete;

  [[nodiscard]] std::span<std::byte const> bytes() const noexcept { return bytes_; }
  // Asks the system for a range beforehand, at once instead of page by page.
  void fetch(std::uint64_t offset, std::uint64_t size) const noexcept;
  // Whoever has read some of it asks before the result is used. Throws: BadData if it has become shorter; SystemError
  // if a part could not be read.
  void check() const;

 private:
  MappedFile(File file, std::span<std::byte const> bytes, std::size_t place)
      : file_(std::move(file)), bytes_(bytes), place_(place) {}

  File file_;
  std::span<std::byte const> bytes_;
  std::size_t place_;  // in the list of what is mapped
};

}  // namespace pel::data
