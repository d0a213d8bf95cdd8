#include "store/checkpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <ranges>
#include <span>
#include <system_error>

#include "pel/error.hpp"
#include "store/epoch_index.hpp"
#include "store/epoch_names.hpp"
#include "store/file.hpp"
#include "store/manifest.hpp"
#include "store/part_file.hpp"

namespace pel::store {
namespace {

namespace fs = std::filesystem;

// Renamed first: a directory that is half deleted must not look like an epoch.
void remove_epoch(fs::path const& path, Epoch const& epoch) {
  auto const name = free_name(path, epoch_names::trash, epoch.superstep);
  std::error_code ignored;
  fs::rename(epoch.directory, name, ignored);
  fs::remove_all(name, ignored);
}

WritableFile write_manifest(fs::path const& path, Manifest const& manifest) {
  auto const text = to_text(manifest);
  auto file = WritableFile::create(path);
  file.write_at(0, std::as_bytes(std::span(text)));
  file.start_writing_back(0, text.size());
  return file;
}

std::string read_text(fs::path const& path) {
  ReadableFile const file(path);
  std::string text(file.size(), '\0');
  file.read_at(0, std::as_writable_bytes(std::span(text)));
  return text;
}

void check_size(fs::path const& path, std::uint64_t bytes) {
  ReadableFile const file(path);
  if (file.size() != bytes)
    throw Damaged(path, "has " + std::to_string(file.size()) + " bytes, the manifest says " + std::to_string(bytes),
                  "size");
}

// Whether retain() deletes a directory of this name, that is none of the epochs that stand.
bool left_over(std::string const& name, std::vector<Epoch> const& epochs, int keep, int incarnation) {
  namespace names = epoch_names;
  if (auto const writing = incarnation_in(name)) return *writing < incarnation || incarnation == 0;
  if (superstep_in(name, names::trash)) return true;
  if (superstep_in(name, names::old)) return !epochs.empty();
  auto const bad = superstep_in(name, names::bad);
  if (!bad) return false;
  return std::ranges::count_if(epochs, [&](Epoch const& epoch) { return epoch.superstep > *bad; }) >= keep;
}

}  // namespace

CheckpointDirectory::CheckpointDirectory(fs::path path, int incarnation)
    : path_(std::move(path)), incarnation_(incarnation) {}

fs::path CheckpointDirectory::temporary(std::int64_t superstep) const {
  return path_ / fmt::format("{}-i{:04}", numbered(epoch_names::temporary, superstep), incarnation_);
}

fs::path CheckpointDirectory::committed(std::int64_t superstep) const {
  return path_ / numbered(epoch_names::committed, superstep);
}

fs::path CheckpointDirectory::begin(std::int64_t superstep) const {
  auto directory = temporary(superstep);
  make_passing_directory(directory);
  return directory;
}

// Whether the epoch is there already, whole and this job's: what a second writer of it would write is the same.
bool CheckpointDirectory::stands_already(Manifest const& manifest) const try {
  Epoch const epoch{manifest.superstep, committed(manifest.superstep)};
  if (read_manifest(epoch).identity != manifest.identity) return false;
  verify(epoch);
  return true;
} catch (Damaged const&) {
  return false;
}

// False where an epoch of that superstep is there: rename() does not replace a directory that holds files.
bool CheckpointDirectory::appears(std::int64_t superstep) const try {
  rename_checked(temporary(superstep), committed(superstep));
  return true;
} catch (WriteFailed const& failed) {
  if (failed.code != ENOTEMPTY && failed.code != EEXIST) throw;
  return false;
}

bool CheckpointDirectory::commit(Manifest const& manifest, std::function<void(char const*)> const& reached,
                                 std::function<void()> const& may_commit) const {
  if (!complete(manifest))
    throw InternalError(__FILE__, __LINE__,
                        "the parts of superstep " + std::to_string(manifest.superstep) + " lack partitions");
  auto const from = temporary(manifest.superstep);
  auto index = write_epoch_index(from, manifest);
  reached("index");
  auto contents = write_manifest(from / manifest_name, manifest);
  for (auto* file : {&index, &contents}) {  // both are on their way already: the second has little to wait for
    file->sync();
    file->close();
  }
  reached("manifest");
  sync_directory(from);
  reached("dir_synced");
  reached("before_rename");
  may_commit();
  bool ours = appears(manifest.superstep);
  if (!ours && stands_already(manifest)) {  // reading it may take long
    abandon(manifest.superstep);
  } else if (!ours) {
    may_commit();
    rename_checked(committed(manifest.superstep), free_name(path_, epoch_names::bad, manifest.superstep, "-replaced"));
    rename_checked(from, committed(manifest.superstep));
    ours = true;
  }
  reached("renamed");
  sync_directory(path_);
  reached("committed");
  return ours;
}

void CheckpointDirectory::abandon(std::int64_t superstep) const noexcept try {
  remove_epoch(path_, {superstep, temporary(superstep)});
} catch (std::exception const&) {  // no memory: retain() deletes it another time
}

std::vector<Epoch> CheckpointDirectory::epochs() const {
  std::vector<Epoch> found;
  for (auto const& directory : directories_in(path_)) {
    auto const name = directory.filename().string();
    auto const superstep = superstep_in(name, epoch_names::committed);
    if (superstep && name == numbered(epoch_names::committed, *superstep)) found.push_back({*superstep, directory});
  }
  std::ranges::sort(found, std::ranges::greater(), &Epoch::superstep);
  return found;
}

Manifest CheckpointDirectory::parse_manifest(Epoch const& epoch) const {
  auto const path = epoch.directory / manifest_name;
  auto manifest = store::parse_manifest(path, read_text(path));
  if (manifest.superstep != epoch.superstep)
    throw Damaged(path, "is of superstep " + std::to_string(manifest.superstep), "manifest");
  return manifest;
}

Manifest CheckpointDirectory::read_manifest(Epoch const& epoch) const {
  auto manifest = parse_manifest(epoch);
  for (auto const& part : manifest.parts) {
    check_size(epoch.directory / part.file, part.bytes);
    for (auto const& link : part.links) check_size(epoch.directory / link.file, link.bytes);
  }
  return manifest;
}

void CheckpointDirectory::verify(Epoch const& epoch) const {
  for (auto const& part : read_manifest(epoch).parts) {
    PartReader const reader(epoch.directory, part);
    for (auto const& row : reader.index().slices) reader.check(row);
  }
}

std::uint64_t CheckpointDirectory::bytes(Epoch const& epoch) const {
  std::uint64_t sum = 0;
  std::error_code error;
  for (fs::directory_iterator entry(epoch.directory, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    auto const size = entry->file_size(ignored);
    if (!ignored) sum += size;
  }
  return sum;
}

void CheckpointDirectory::keep_as_bad(Epoch const& epoch, std::string const& kind) const noexcept try {
  std::error_code ignored;
  fs::rename(epoch.directory, free_name(path_, epoch_names::bad, epoch.superstep, "-" + kind), ignored);
} catch (std::exception const&) {  // no memory: it is found and passed over again
}

void CheckpointDirectory::retain(int keep, std::function<void()> const& may_delete) const noexcept try {
  keep = std::max(keep, 1);
  auto all = epochs();
  std::erase_if(all, is_pinned);
  for (auto i = static_cast<std::size_t>(keep); i < all.size(); ++i) {
    may_delete();
    remove_epoch(path_, all[i]);
  }
  remove_leftovers(keep, may_delete);
} catch (std::exception const&) {  // another's, no memory, or it cannot be listed: what is left goes another time
}

void CheckpointDirectory::remove_leftovers(int keep, std::function<void()> const& may_delete) const noexcept try {
  auto const stand = epochs();
  for (auto const& directory : directories_in(path_)) {
    std::error_code ignored;
    if (!left_over(directory.filename().string(), stand, keep, incarnation_) || is_pinned({0, directory})) continue;
    may_delete();
    fs::remove_all(directory, ignored);
  }
} catch (std::exception const&) {  // another's, no memory, or it cannot be listed: what is left goes another time
}

bool CheckpointDirectory::make_space(std::function<void()> const& may_delete) const noexcept try {
  bool deleted = false;
  std::vector<std::pair<Epoch, std::string>> damaged;
  auto const all = epochs();
  auto const whole = std::ranges::find_if(all, [&](Epoch const& epoch) {
    try {
      verify(epoch);
      return true;
    } catch (Damaged const& found) {
      damaged.emplace_back(epoch, found.kind);
      return false;
    }
  });
  if (whole == all.end()) return false;
  sync_directory(path_);  // the name of the one that is to stay alone may be in memory only
  for (auto const& [epoch, kind] : damaged) {
    may_delete();
    keep_as_bad(epoch, kind);
  }
  for (auto const& epoch : std::ranges::subrange(whole + 1, all.end())) {
    if (is_pinned(epoch)) continue;
    may_delete();
    remove_epoch(path_, epoch);
    deleted = true;
  }
  retain(1, may_delete);
  return deleted;
} catch (std::exception const&) {  // another's, no memory, or another version's epoch: then nothing makes space
  return false;
}

void CheckpointDirectory::pin(Epoch const& epoch) {
  WritableFile::create(epoch.directory / pin_name).close();
  sync_directory(epoch.directory);
}

void CheckpointDirectory::unpin(Epoch const& epoch) {
  std::error_code error;
  fs::remove(epoch.directory / pin_name, error);
  if (error) throw write_failed(epoch.directory / pin_name, error.value());
}

bool CheckpointDirectory::is_pinned(Epoch const& epoch) {
  std::error_code ignored;
  return fs::exists(epoch.directory / pin_name, ignored);
}

int CheckpointDirectory::set_aside() const { return set_aside_after(-1); }

int CheckpointDirectory::set_aside_after(std::int64_t superstep) const {
  int renamed = 0;
  for (auto const& epoch : epochs()) {
    if (epoch.superstep <= superstep) break;
    rename_checked(epoch.directory, free_name(path_, epoch_names::old, epoch.superstep));
    ++renamed;
  }
  if (renamed > 0) sync_directory(path_);
  return renamed;
}

}  // namespace pel::store
