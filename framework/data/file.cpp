#include "data/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "pel/error.hpp"

namespace pel::data {
namespace {

std::string reason(int code) { return std::system_category().message(code); }

}  // namespace

File::File(std::string path) : path_(std::move(path)) {
  // Not blocking: a named pipe without a writer would otherwise hang here instead of being refused below.
  descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor_ < 0) throw MissingInput(path_, reason(errno));
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor_);
    throw MissingInput(path_, S_ISDIR(status.st_mode) ? "it is a directory" : "it is not a regular file");
  }
  size_ = static_cast<std::uint64_t>(status.st_size);
}

File::~File() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

File::File(File&& other) noexcept
    : path_(std::move(other.path_)), size_(other.size_), descriptor_(std::exchange(other.descriptor_, -1)) {}

File& File::operator=(File&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(size_, other.size_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

void File::read_at(std::uint64_t offset, std::span<char> to) const {
  constexpr std::size_t most_at_once = std::size_t{1} << 30;  // the kernel moves at most 2 GiB in one call
  while (!to.empty()) {
    auto const n = ::pread(descriptor_, to.data(), std::min(to.size(), most_at_once), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw SystemError("pread of " + path_, errno, reason(errno));
    if (n == 0)
      throw BadData(path_, 0, 0, static_cast<std::int64_t>(offset),
                    "the file ends here, it was longer when the job opened it");
    offset += static_cast<std::uint64_t>(n);
    to = to.subspan(static_cast<std::size_t>(n));
  }
}

}  // namespace pel::data
