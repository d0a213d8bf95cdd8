#include "store/page_buffer.hpp"

#include <sys/mman.h>

#include <cstring>
#include <new>

namespace pel::store {

PageBuffer::~PageBuffer() { release(); }

void PageBuffer::release() noexcept {
  if (data_ != nullptr) ::munmap(data_, bytes_);
  data_ = nullptr;
  bytes_ = 0;
}

void PageBuffer::reserve(std::size_t bytes) {
  if (bytes <= bytes_) return;
  // Some more than now: a state that grows a little in each superstep must not be claimed anew each time.
  constexpr std::size_t large_page = std::size_t{2} << 20U;
  auto const wanted = bytes_ == 0 ? bytes : bytes + bytes / 8;
  auto const rounded = (wanted + large_page - 1) / large_page * large_page;
  release();
  void* const memory = ::mmap(nullptr, rounded, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  static_cast<void>(::madvise(memory, rounded, MADV_HUGEPAGE));  // a wish only
  data_ = static_cast<std::byte*>(memory);
  bytes_ = rounded;
  std::memset(data_, 0, bytes_);
}

}  // namespace pel::store
