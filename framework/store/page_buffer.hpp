// Memory in whole pages, as files read and written past the page cache want it.
#pragma once

#include <cstddef>
#include <span>
#include <utility>

namespace pel::store {

// Grows, never shrinks. Pages are touched when they are claimed: a copy into fresh pages is some ten times slower.
class PageBuffer {
 public:
  static constexpr std::size_t page_bytes = 4096;

  PageBuffer() = default;
  PageBuffer(PageBuffer&& other) noexcept { swap(other); }
  PageBuffer& operator=(PageBuffer&& other) noexcept {
    swap(other);
    return *this;
  }
  ~PageBuffer();

  // Makes room for that many bytes; what was in it is lost if it has to grow. Throws: std::bad_alloc.
  void reserve(std::size_t bytes);
  [[nodiscard]] std::size_t capacity() const noexcept { return bytes_; }
  [[nodiscard]] std::span<std::byte> bytes() noexcept { return {data_, bytes_}; }
  [[nodiscard]] std::span<std::byte const> bytes() const noexcept { return {data_, bytes_}; }
  void release() noexcept;

 private:
  void swap(PageBuffer& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
  }
  std::byte* data_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace pel::store
