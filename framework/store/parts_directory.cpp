#include "store/parts_directory.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <string_view>
#include <system_error>
#include <vector>

#include "pel/error.hpp"
#include "store/file.hpp"
#include "store/result_file.hpp"
#include "store/result_name.hpp"

namespace pel::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = "part-";
constexpr std::size_t fewest_digits = 5;

// What a directory may hold to be replaced: parts as the path asks for.
enum class Parts { plain, hdf5 };

Parts parts_of(std::string const& path) noexcept { return is_hdf5_result(path) ? Parts::hdf5 : Parts::plain; }

bool is_part_name(std::string_view name, Parts parts) noexcept {
  if (!name.starts_with(prefix)) return false;
  name.remove_prefix(prefix.size());
  auto const digits = std::min(name.find_first_not_of("0123456789"), name.size());
  if (digits < fewest_digits) return false;
  name.remove_prefix(digits);
  if (parts == Parts::hdf5) return name == ".h5" || name == ".hdf5";
  name = without_packing(name);
  return name == ".txt" || name == ".csv" || name == ".tsv" || name == ".bin";
}

// What is in the directory, all of it parts. Throws: WriteFailed where something else is there.
std::vector<fs::path> parts_in(fs::path const& directory, Parts parts) {
  std::vector<fs::path> found;
  std::error_code error;
  fs::directory_iterator at(directory, error);
  for (fs::directory_iterator const end; !error && at != end; at.increment(error)) {
    std::error_code unreadable;
    if (!is_part_name(at->path().filename().string(), parts) || !fs::is_regular_file(at->symlink_status(unreadable)))
      throw write_failed(directory, EEXIST,
                         "it is there, and " + at->path().filename().string() + " in it is no part of " +
                             (parts == Parts::hdf5 ? "such a result" : "a result"));
    found.push_back(at->path());
  }
  if (error) throw write_failed(directory, error.value());
  return found;
}

// Whether there is a directory of parts. Throws: WriteFailed for all else but nothing.
bool holds_parts(fs::path const& directory, Parts parts) {
  std::error_code error;
  auto const status = fs::symlink_status(directory, error);
  if (status.type() == fs::file_type::not_found) return false;
  if (status.type() == fs::file_type::none) throw write_failed(directory, error.value());
  if (status.type() != fs::file_type::directory) throw write_failed(directory, ENOTDIR);
  (void)parts_in(directory, parts);
  return true;
}

// A directory that something is mounted on cannot change places with another. Throws: WriteFailed.
void must_not_be_mounted(fs::path const& directory) {
  struct stat here {
  }, above{};
  if (::stat(directory.c_str(), &here) != 0 || ::stat(parent_of(directory).c_str(), &above) != 0) return;
  if (here.st_dev != above.st_dev) throw write_failed(directory, EBUSY, "it is a mount point: name a directory in it");
}

void remove_parts(fs::path const& directory, Parts parts) {
  for (auto const& part : parts_in(directory, parts)) {
    std::error_code error;
    if (!fs::remove(part, error) && error) throw write_failed(part, error.value());
  }
  std::error_code error;
  if (!fs::remove(directory, error) && error) throw write_failed(directory, error.value());
}

}  // namespace

fs::path directory_of_parts(std::string const& path) {
  auto const end = path.find_last_not_of('/');
  return end == std::string::npos ? "/" : path.substr(0, end + 1);
}

std::string part_name(std::size_t part, std::size_t parts, std::string const& ending) {
  auto const number = std::to_string(part);
  auto const digits = std::max(fewest_digits, std::to_string(parts == 0 ? 0 : parts - 1).size());
  return std::string(prefix) + std::string(digits - number.size(), '0') + number + ending;
}

fs::path temporary_part(std::string const& path, std::string const& name) {
  return temporary_of(directory_of_parts(path)) / name;
}

void must_take_parts(std::string const& path) {
  must_not_be_mounted(directory_of_parts(path));
  create_parts(path);
  discard_parts(path);
}

void create_parts(std::string const& path) {
  (void)holds_parts(directory_of_parts(path), parts_of(path));
  auto const temporary = temporary_of(directory_of_parts(path));
  if (holds_parts(temporary, parts_of(path))) remove_parts(temporary, parts_of(path));  // of a job that was killed
  if (::mkdir(temporary.c_str(), 0777) != 0) throw write_failed(temporary, errno);
}

void publish_parts(std::string const& path) {
  auto const directory = directory_of_parts(path);
  auto const temporary = temporary_of(directory);
  if (!holds_parts(directory, parts_of(path))) {
    rename_checked(temporary, directory);
    return sync_directory(parent_of(directory));
  }
  // The names change places at once where the file system can do that.
  if (::renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, directory.c_str(), RENAME_EXCHANGE) == 0) {
    sync_directory(parent_of(directory));
    return discard_parts(path);
  }
  if (errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP && errno != EXDEV) throw write_failed(directory, errno);
  publish_parts_in_steps(path);
}

void publish_parts_in_steps(std::string const& path) {
  auto const directory = directory_of_parts(path);
  fs::path const aside(temporary_of(directory).string() + ".old");
  if (holds_parts(aside, parts_of(path))) remove_parts(aside, parts_of(path));  // of a job that was killed
  rename_checked(directory, aside);
  try {
    rename_checked(temporary_of(directory), directory);
  } catch (WriteFailed const&) {
    rename_checked(aside, directory);
    throw;
  }
  sync_directory(parent_of(directory));
  remove_parts(aside, parts_of(path));
}

void discard_parts(std::string const& path) noexcept try {
  auto const temporary = temporary_of(directory_of_parts(path));
  if (holds_parts(temporary, parts_of(path))) remove_parts(temporary, parts_of(path));
} catch (std::exception const&) {  // the files stay
}

}  // namespace pel::store
