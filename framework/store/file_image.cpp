#include "store/file_image.hpp"

#include <algorithm>

namespace pel::store {

void FileImage::write(std::uint64_t offset, std::span<std::byte const> bytes) {
  size_ = std::max<std::uint64_t>(size_, offset + bytes.size());
  last_written_ = std::max<std::uint64_t>(last_written_, offset + bytes.size());
  while (!bytes.empty()) {
    auto const page = std::span(pages_[offset / page_bytes]).subspan(offset % page_bytes);
    auto const n = std::min(page.size(), bytes.size());
    std::ranges::copy(bytes.first(n), page.begin());
    bytes = bytes.subspan(n);
    offset += n;
  }
}

void FileImage::read(std::uint64_t offset, std::span<std::byte> bytes) const {
  std::ranges::fill(bytes, std::byte{});
  while (!bytes.empty()) {
    auto const in_page = offset % page_bytes;
    auto const n = std::min<std::size_t>(page_bytes - in_page, bytes.size());
    auto const page = pages_.find(offset / page_bytes);
    if (page != pages_.end()) std::ranges::copy(std::span(page->second).subspan(in_page, n), bytes.begin());
    bytes = bytes.subspan(n);
    offset += n;
  }
}

void FileImage::write_pages(WritableFile& file) const {
  for (auto const& [number, page] : pages_) {
    auto const offset = number * page_bytes;
    if (offset < size_) file.write_at(offset, std::span(page).first(std::min(page_bytes, size_ - offset)));
  }
}

WritableFile FileImage::store(std::filesystem::path const& path) const {
  auto file = WritableFile::create(path);
  file.resize(size_);
  file.reserve(size_);
  write_pages(file);
  return file;
}

}  // namespace pel::store
