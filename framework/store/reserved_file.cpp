#include "store/reserved_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <span>
#include <system_error>
#include <utility>

#include "store/file.hpp"
#include "store/replace_file.hpp"

namespace pel::store {
namespace {

namespace fs = std::filesystem;

void remove_spares(fs::path const& path) {
  auto const mark = path.filename().string() + ".spare-";
  std::error_code error, ignored;
  for (fs::directory_iterator it(parent_of(path), error), end; !error && it != end; it.increment(error))
    if (it->path().filename().string().starts_with(mark)) fs::remove(it->path(), ignored);
}

}  // namespace

ReservedFile::ReservedFile(fs::path path, std::string const& tag, std::size_t bytes)
    : path_(std::move(path)), spare_(path_.string() + ".spare-" + tag), bytes_(bytes) {
  make_directories(parent_of(path_));
  remove_spares(path_);
  reserve(true);
}

ReservedFile::~ReservedFile() { ::unlink(spare_.c_str()); }

// Written, not only claimed: some file systems know no claims.
void ReservedFile::reserve(bool durable) const {
  std::string const blanks(bytes_, ' ');
  try {
    auto file = WritableFile::create(spare_);
    file.write_at(0, std::as_bytes(std::span(blanks)));
    if (durable) file.sync();
    file.close();
  } catch (...) {
    ::unlink(spare_.c_str());
    throw;
  }
}

void ReservedFile::swap_names() const {
  if (::renameat2(AT_FDCWD, spare_.c_str(), AT_FDCWD, path_.c_str(), RENAME_EXCHANGE) != 0)
    rename_checked(spare_, path_);
  std::error_code error;
  if (fs::file_size(spare_, error) == bytes_ && !error) return;
  try {
    reserve(false);
  } catch (WriteFailed const&) {  // then the next one must find room
  }
}

void ReservedFile::replace(std::string const& text, bool durable) {
  try {
    replace_file(path_, text, durable);
  } catch (WriteFailed const&) {
    if (text.size() > bytes_) throw;
    replace_by_spare(text, durable);
  }
}

void ReservedFile::replace_by_spare(std::string text, bool durable) const {
  if (text.ends_with('\n')) text.pop_back();
  text.resize(bytes_ - 1, ' ');
  text += '\n';
  {
    auto file = WritableFile::open(spare_);
    file.write_at(0, std::as_bytes(std::span(text)));
    if (durable) file.sync();
    file.close();
  }
  swap_names();
  if (durable) sync_directory(parent_of(path_));
}

}  // namespace pel::store
