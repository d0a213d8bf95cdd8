// A regular file, open for reading at any offset. Not mapped: mapped pages count as memory of the process, and a file
// that is cut short while it is read would be a signal instead of an error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace pel::data {

// Bytes of one read, into a buffer that stays in a core's cache.
inline constexpr std::size_t read_bytes = std::size_t{256} << 10U;

// Closed when it goes. May be read by several threads at once.
// Throws: MissingInput from the constructor if there is no such file, or it is not a regular one.
class File {
 public:
  explicit File(std::string path);
  ~File();
  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;

  [[nodiscard]] std::string const& path() const noexcept { return path_; }
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }  // when it was opened
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

  // Fills `to` with the bytes from `offset` on.
  // Throws: BadData if the file ends before; SystemError if it cannot be read.
  void read_at(std::uint64_t offset, std::span<char> to) const;

 private:
  std::string path_;
  std::uint64_t size_ = 0;
  int descriptor_ = -1;
};

}  // namespace pel::data
