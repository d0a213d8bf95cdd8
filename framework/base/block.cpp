#include "base/block.hpp"

#include <sys/mman.h>

#include <new>

namespace pel::base {
namespace {
constexpr std::size_t own_pages_from = std::size_t{1} << 18U;
}

Block::Block(std::size_t size) : size_(size) {
  if (size == 0) return;
  if (size < own_pages_from) {
    data_ = static_cast<std::byte*>(::operator new(size));
    return;
  }
  void* const pages = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) throw std::bad_alloc();
  data_ = static_cast<std::byte*>(pages);
}

void Block::reset() noexcept {
  if (data_ == nullptr) return;
  if (size_ < own_pages_from)
    ::operator delete(data_);
  else
    (void)munmap(data_, size_);  // fails for no argument that mmap gave
  data_ = nullptr;
  size_ = 0;
}

}  // namespace pel::base
