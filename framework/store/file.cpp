#include "store/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "store/checkpoint.hpp"

namespace pel::store {
namespace {

std::string text_of(int code) { return std::generic_category().message(code); }

// What is not there will not be there another time.
Damaged unreadable(std::filesystem::path const& path, int code) {
  bool const missing = code == ENOENT || code == ENOTDIR;
  return {path, text_of(code), missing ? Damaged::missing : Damaged::unreadable, code};
}

off_t offset_of(std::uint64_t offset) { return static_cast<off_t>(offset); }

}  // namespace

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

int Descriptor::close() noexcept { return fd_ < 0 || ::close(std::exchange(fd_, -1)) == 0 ? 0 : errno; }

WritableFile::WritableFile(std::filesystem::path path, int flags)
    : path_(std::move(path)), descriptor_(::open(path_.c_str(), O_WRONLY | O_CLOEXEC | flags, 0666)) {
  if (!descriptor_.open()) throw write_failed(path_, errno);
}

WritableFile WritableFile::create(std::filesystem::path path) {
  return WritableFile(std::move(path), O_CREAT | O_TRUNC);
}

WritableFile WritableFile::open(std::filesystem::path path) { return WritableFile(std::move(path), 0); }

void WritableFile::write_at(std::uint64_t offset, std::span<std::byte const> bytes) {
  auto const wanted = static_cast<std::int64_t>(bytes.size());
  while (!bytes.empty()) {
    auto const n = ::pwrite(descriptor_.fd(), bytes.data(), bytes.size(), offset_of(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw write_failed(path_, errno, {}, wanted);
    if (n == 0) throw write_failed(path_, EIO, "pwrite wrote nothing", wanted);
    offset += static_cast<std::uint64_t>(n);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
}

void WritableFile::start_writing_back(std::uint64_t offset, std::uint64_t bytes) noexcept {
  // Only a hint: what goes wrong shows at sync().
  static_cast<void>(::sync_file_range(descriptor_.fd(), offset_of(offset), offset_of(bytes), SYNC_FILE_RANGE_WRITE));
}

void WritableFile::resize(std::uint64_t bytes) {
  if (::ftruncate(descriptor_.fd(), offset_of(bytes)) != 0)
    throw write_failed(path_, errno, {}, static_cast<std::int64_t>(bytes));
}

void WritableFile::reserve(std::uint64_t bytes) {
  if (bytes == 0) return;
  // Linux's own call: where a file system lacks it, posix_fallocate would write every block instead.
  while (::fallocate(descriptor_.fd(), 0, 0, offset_of(bytes)) != 0) {
    if (errno == EINTR) continue;
    if (errno == EOPNOTSUPP || errno == ENOSYS) return;
    throw write_failed(path_, errno, {}, static_cast<std::int64_t>(bytes));
  }
}

void WritableFile::sync() {
  // Never tried twice: after a failure the kernel may count the lost pages as clean.
  if (::fsync(descriptor_.fd()) != 0) throw write_failed(path_, errno);
}

std::uint64_t WritableFile::size() const {
  struct stat status {};
  if (::fstat(descriptor_.fd(), &status) != 0) throw write_failed(path_, errno);
  return static_cast<std::uint64_t>(status.st_size);
}

void WritableFile::close() {
  if (int const code = descriptor_.close(); code != 0) throw write_failed(path_, code);
}

ReadableFile::ReadableFile(std::filesystem::path path)
    : path_(std::move(path)), descriptor_(::open(path_.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (!descriptor_.open()) throw unreadable(path_, errno);
  struct stat status {};
  if (::fstat(descriptor_.fd(), &status) != 0) throw unreadable(path_, errno);
  if (!S_ISREG(status.st_mode)) throw Damaged(path_, "is no regular file", Damaged::missing);
  size_ = static_cast<std::uint64_t>(status.st_size);
}

void ReadableFile::read_at(std::uint64_t offset, std::span<std::byte> bytes) const {
  if (offset > size_ || bytes.size() > size_ - offset)
    throw Damaged(path_,
                  "has " + std::to_string(size_) + " bytes, " + std::to_string(bytes.size()) + " from byte " +
                      std::to_string(offset) + " on are wanted",
                  "size");
  while (!bytes.empty()) {
    auto const n = ::pread(descriptor_.fd(), bytes.data(), bytes.size(), offset_of(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw unreadable(path_, errno);
    if (n == 0) throw Damaged(path_, "ends at byte " + std::to_string(offset), "size");
    offset += static_cast<std::uint64_t>(n);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
}

void ReadableFile::expect(std::uint64_t offset, std::uint64_t bytes) const noexcept {
  // Only a hint.
  static_cast<void>(::posix_fadvise(descriptor_.fd(), offset_of(offset), offset_of(bytes), POSIX_FADV_WILLNEED));
}

void ReadableFile::forget() const noexcept {
  static_cast<void>(::posix_fadvise(descriptor_.fd(), 0, 0, POSIX_FADV_DONTNEED));
}

bool is_missing(std::filesystem::path const& path) try {
  static_cast<void>(ReadableFile(path));
  return false;
} catch (Damaged const& damaged) {
  return damaged.kind == Damaged::missing;
}

WriteFailed write_failed(std::filesystem::path const& path, int code, std::string const& reason,
                         std::int64_t bytes_wanted) {
  return {path.string(), code, reason.empty() ? text_of(code) : reason, bytes_wanted, free_bytes(path)};
}

std::int64_t free_bytes(std::filesystem::path path) noexcept try {
  struct statvfs status {};
  while (::statvfs(path.c_str(), &status) != 0) {
    if (errno != ENOENT && errno != ENOTDIR) return -1;
    auto const parent = parent_of(path);
    if (parent == path) return -1;
    path = parent;
  }
  return static_cast<std::int64_t>(status.f_bavail) * static_cast<std::int64_t>(status.f_frsize);
} catch (std::exception const&) {
  return -1;
}

void make_directories(std::filesystem::path const& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return;
  make_passing_directory(path);
  sync_directory(parent_of(path));
}

void make_passing_directory(std::filesystem::path const& path) {
  auto const parent = parent_of(path);
  if (parent != path) make_directories(parent);
  if (::mkdir(path.c_str(), 0777) == 0) return;
  int const code = errno;
  std::error_code ignored;
  if (code != EEXIST || !std::filesystem::is_directory(path, ignored)) throw write_failed(path, code);
}

void sync_directory(std::filesystem::path const& path) {
  Descriptor const directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.open()) throw write_failed(path, errno);
  // Some network file systems know no fsync of directories; they write names through.
  if (::fsync(directory.fd()) != 0 && errno != EINVAL) throw write_failed(path, errno);
}

void rename_checked(std::filesystem::path const& from, std::filesystem::path const& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) throw write_failed(to, errno);
}

std::filesystem::path parent_of(std::filesystem::path const& path) {
  auto parent = path.parent_path();
  if (parent.empty()) parent = ".";
  return parent;
}

}  // namespace pel::store
