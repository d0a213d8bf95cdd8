#include "store/payload_writer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "store/page_buffer.hpp"

namespace pel::store {
namespace {

constexpr std::size_t piece = std::size_t{8} << 20U;
constexpr std::size_t page = PageBuffer::page_bytes;

bool at_whole_page(std::uint64_t offset, std::span<std::byte const> bytes) {
  return offset % page == 0 && reinterpret_cast<std::uintptr_t>(bytes.data()) % page == 0;
}

}  // namespace

PayloadWriter::PayloadWriter(WritableFile& file, std::filesystem::path const& path,
                             std::function<void(std::uint64_t)> after_piece)
    : file_(file),
      path_(path),
      direct_(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_DIRECT)),
      after_piece_(std::move(after_piece)) {}

void PayloadWriter::write(std::uint64_t offset, std::span<std::byte const> bytes) {
  while (!bytes.empty()) {
    auto now = bytes.first(std::min(piece, bytes.size()));
    bool const pages = direct_.open() && now.size() >= page && at_whole_page(offset, now);
    if (pages) now = now.first(now.size() / page * page);
    if (!pages || !write_direct(offset, now)) write_buffered(offset, now);
    after_piece_(now.size());
    offset += now.size();
    bytes = bytes.subspan(now.size());
  }
}

// False where the file system wants it another way after all.
bool PayloadWriter::write_direct(std::uint64_t offset, std::span<std::byte const> pages) {
  while (!pages.empty()) {
    auto const n = ::pwrite(direct_.fd(), pages.data(), pages.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EINVAL) {
      direct_ = Descriptor();
      return false;
    }
    if (n <= 0) throw write_failed(path_, n < 0 ? errno : EIO, {}, static_cast<std::int64_t>(pages.size()));
    offset += static_cast<std::uint64_t>(n);
    pages = pages.subspan(static_cast<std::size_t>(n));
    if (static_cast<std::size_t>(n) % page != 0) {  // cut short, and no longer at a page
      write_buffered(offset, pages);
      return true;
    }
  }
  return true;
}

void PayloadWriter::write_buffered(std::uint64_t offset, std::span<std::byte const> bytes) {
  file_.write_at(offset, bytes);
  file_.start_writing_back(offset, bytes.size());
}

}  // namespace pel::store
