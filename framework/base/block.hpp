// Memory for messages on their way: not initialised, and given back to the system as soon as it is not needed.
#pragma once

#include <cstddef>
#include <utility>

namespace pel::base {

// Bytes of a fixed number. From 256 KiB on they are pages of their own: freeing them lowers the memory of the process
// at once, where the heap would keep them beside what is needed next. From 1 MiB on they are large pages, if the system
// has any: reading here and there in 9 MB of values cost 1.2 to 1.5 times as much in pages of 4 KiB.
class Block {
 public:
  Block() = default;
  // Throws: std::bad_alloc.
  explicit Block(std::size_t size);
  ~Block() { reset(); }
  Block(Block&& other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  Block& operator=(Block&& other) noexcept {
    std::swap(data_, other.data_);  // what this held goes with `other`
    std::swap(size_, other.size_);
    return *this;
  }

  [[nodiscard]] std::byte* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  void reset() noexcept;

 private:
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace pel::base
