#include "raw_files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace bench {
namespace {

constexpr std::size_t piece = std::size_t{8} << 20U;

int checked(int result, char const* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

}  // namespace

void write_raw(std::string const& path, std::span<std::byte const> bytes, Way way) {
  ::unlink(path.c_str());
  int const flags = O_CREAT | O_TRUNC | O_WRONLY | (way == Way::direct ? O_DIRECT : 0);
  int const file = checked(::open(path.c_str(), flags, 0644), "open");
  for (std::size_t at = 0; at < bytes.size();) {
    auto const now = bytes.subspan(at, std::min(piece, bytes.size() - at));
    auto const n = ::pwrite(file, now.data(), now.size(), static_cast<off_t>(at));
    if (n <= 0) throw std::system_error(errno, std::generic_category(), "pwrite");
    if (way == Way::kicked)
      checked(::sync_file_range(file, static_cast<off_t>(at), n, SYNC_FILE_RANGE_WRITE), "sync_file_range");
    at += static_cast<std::size_t>(n);
  }
  checked(::fsync(file), "fsync");
  checked(::close(file), "close");
}

void read_raw(std::string const& path, std::span<std::byte> bytes) {
  int const file = checked(::open(path.c_str(), O_RDONLY), "open");
  for (std::size_t at = 0; at < bytes.size();) {
    auto const now = bytes.subspan(at, std::min(piece, bytes.size() - at));
    auto const n = ::pread(file, now.data(), now.size(), static_cast<off_t>(at));
    if (n <= 0) throw std::system_error(errno, std::generic_category(), "pread");
    at += static_cast<std::size_t>(n);
  }
  checked(::close(file), "close");
}

void evict(std::string const& path) {
  int const file = checked(::open(path.c_str(), O_RDONLY), "open");
  int const code = ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
  if (code != 0) throw std::system_error(code, std::generic_category(), "posix_fadvise");
  checked(::close(file), "close");
}

}  // namespace bench
