#include "base/block.hpp"

#include <sys/mman.h>

#include <cstdint>
#include <new>

namespace pel::base {
namespace {

constexpr std::size_t own_pages_from = std::size_t{1} << 18U;
constexpr std::size_t large_page = std::size_t{2} << 20U;
constexpr std::size_t large_pages_from = large_page / 2;

// Whole large pages, unless that would be a quarter more than is wanted: then the rest lies in small ones.
std::size_t mapped_bytes(std::size_t size) {
  auto const whole = (size + large_page - 1) / large_page * large_page;
  return size < large_pages_from || whole > size + size / 4 ? size : whole;
}

std::byte* map(std::size_t bytes) {
  void* const pages = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) throw std::bad_alloc();
  return static_cast<std::byte*>(pages);
}

// Large pages begin at multiples of their size only: more is mapped, and what hangs over at both ends given back.
std::byte* map_large(std::size_t bytes) {
  constexpr std::size_t page = 4096;
  bytes = (bytes + page - 1) / page * page;
  auto* const pages = map(bytes + large_page);
  auto const head = (large_page - reinterpret_cast<std::uintptr_t>(pages) % large_page) % large_page;
  if (head > 0) (void)munmap(pages, head);
  (void)munmap(pages + head + bytes, large_page - head);
  (void)madvise(pages + head, bytes, MADV_HUGEPAGE);  // a wish only
  return pages + head;
}

}  // namespace

Block::Block(std::size_t size) : size_(size) {
  if (size == 0) return;
  if (size < own_pages_from) {
    data_ = static_cast<std::byte*>(::operator new(size));
    return;
  }
  data_ = size < large_pages_from ? map(size) : map_large(mapped_bytes(size));
}

void Block::reset() noexcept {
  if (data_ == nullptr) return;
  if (size_ < own_pages_from)
    ::operator delete(data_);
  else
    (void)munmap(data_, mapped_bytes(size_));  // fails for no argument that mmap gave
  data_ = nullptr;
  size_ = 0;
}

}  // namespace pel::base
