#include "store/spill_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>
#include <utility>

#include "pel/error.hpp"

namespace pel::store {
namespace {

// Where the file system knows no files without a name, one is made and unlinked.
int open_nameless(std::filesystem::path const& directory) {
  int const fd = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
  if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) return fd;
  auto name = (directory / "pel-spill-XXXXXX").string();
  int const named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) (void)::unlink(name.c_str());
  return named;
}

}  // namespace

SpillFile::SpillFile(std::filesystem::path const& directory, std::shared_ptr<SpillFigures> figures)
    : shown_(directory / "(spill file)"), figures_(std::move(figures)) {
  std::error_code ignored;
  std::filesystem::create_directories(directory, ignored);  // if it cannot be made, opening says why
  descriptor_ = Descriptor(open_nameless(directory));
  if (!descriptor_.open()) throw write_failed(shown_, errno);
}

std::uint64_t SpillFile::append(std::span<std::byte const> bytes) {
  auto const begin = end_.fetch_add(bytes.size());
  auto const wanted = static_cast<std::int64_t>(bytes.size());
  for (auto at = begin; !bytes.empty();) {
    auto const n = ::pwrite(descriptor_.fd(), bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) throw write_failed(shown_, n < 0 ? errno : EIO, {}, wanted);
    at += static_cast<std::uint64_t>(n);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  figures_->written += static_cast<std::uint64_t>(wanted);
  return begin;
}

void SpillFile::read_at(std::uint64_t offset, std::span<std::byte> bytes) const {
  figures_->read += bytes.size();
  while (!bytes.empty()) {
    auto const n = ::pread(descriptor_.fd(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0)
      throw SystemError(
          "pread", n < 0 ? errno : EIO,
          shown_.string() + " cannot be read back: " + std::generic_category().message(n < 0 ? errno : EIO));
    offset += static_cast<std::uint64_t>(n);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
}

void SpillFile::forget(std::uint64_t offset, std::uint64_t bytes) noexcept {
  (void)::fallocate(descriptor_.fd(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset),
                    static_cast<off_t>(bytes));
}

}  // namespace pel::store
