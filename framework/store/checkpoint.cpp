#include "store/checkpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>

#include "store/file.hpp"
#include "store/manifest.hpp"
#include "store/part_file.hpp"

namespace pel::store {
namespace {

namespace fs = std::filesystem;

// What the directories of an epoch are called in the course of its life. The order of names is that of supersteps.
constexpr char const* committed = "epoch-";
constexpr char const* temporary = "tmp-";
constexpr char const* trash = "trash-";
constexpr char const* old = "old-";

std::string numbered(std::string_view prefix, std::int64_t superstep) {
  return fmt::format("{}{:09}", prefix, superstep);
}

// The superstep in a name such as "epoch-000000012" or, to tell several apart, "trash-000000012-2"; nothing for other
// names, so that files of somebody else are never touched.
std::optional<std::int64_t> superstep_in(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return std::nullopt;
  name.remove_prefix(prefix.size());
  auto const digits = name.substr(0, name.find('-'));
  std::int64_t superstep = -1;
  auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), superstep);
  if (digits.size() < 9 || error != std::errc() || end != digits.data() + digits.size() || superstep < 0)
    return std::nullopt;
  return superstep;
}

std::vector<fs::path> directories_in(fs::path const& path) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_directory(ignored)) found.push_back(entry->path());
  }
  return found;
}

// A name for superstep's directory that is not taken yet.
fs::path free_name(fs::path const& path, std::string_view prefix, std::int64_t superstep) {
  auto const stem = path / numbered(prefix, superstep);
  auto name = stem;
  std::error_code ignored;
  for (int n = 2; fs::exists(name, ignored); ++n) name = stem.string() + "-" + std::to_string(n);
  return name;
}

// Renamed first: a directory that is half deleted must not look like an epoch.
void remove_epoch(fs::path const& path, Epoch const& epoch) {
  auto const name = free_name(path, trash, epoch.superstep);
  std::error_code ignored;
  fs::rename(epoch.directory, name, ignored);
  fs::remove_all(name, ignored);
}

void write_manifest(fs::path const& path, Manifest const& manifest) {
  auto const text = to_text(manifest);
  auto file = WritableFile::create(path);
  file.write_at(0, std::as_bytes(std::span(text)));
  file.sync();
  file.close();
}

std::string read_text(fs::path const& path) {
  ReadableFile const file(path);
  std::string text(file.size(), '\0');
  file.read_at(0, std::as_writable_bytes(std::span(text)));
  return text;
}

}  // namespace

CheckpointDirectory::CheckpointDirectory(fs::path path) : path_(std::move(path)) {}

void CheckpointDirectory::begin(std::int64_t superstep) const {
  make_directories(path_);
  auto const directory = path_ / numbered(temporary, superstep);
  std::error_code error;
  fs::remove_all(directory, error);
  if (error) throw write_failed(directory, error.value());
  make_directories(directory);
}

PartSummary CheckpointDirectory::write_part(Manifest const& about, int rank, int ranks,
                                            std::vector<PartitionId> const& partitions,
                                            std::vector<Field> const& fields) const {
  auto const directory = path_ / numbered(temporary, about.superstep);
  PartHeading const heading{about.app, about.superstep, about.partitions, rank, ranks};
  return write_part_file(directory / part_name(static_cast<std::size_t>(rank)), heading, partitions, fields);
}

void CheckpointDirectory::commit(Manifest const& manifest) const {
  auto const from = path_ / numbered(temporary, manifest.superstep);
  auto const to = path_ / numbered(committed, manifest.superstep);
  write_manifest(from / manifest_name, manifest);
  sync_directory(from);

  // rename() does not replace a directory that holds files.
  auto const replaced = free_name(path_, trash, manifest.superstep);
  std::error_code was_none;
  fs::rename(to, replaced, was_none);
  std::error_code ignored;
  try {
    rename_checked(from, to);
  } catch (WriteFailed const&) {
    if (!was_none) fs::rename(replaced, to, ignored);
    throw;
  }
  sync_directory(path_);
  fs::remove_all(replaced, ignored);
}

void CheckpointDirectory::abandon(std::int64_t superstep) const noexcept try {
  std::error_code ignored;
  fs::remove_all(path_ / numbered(temporary, superstep), ignored);
} catch (std::exception const&) {  // no memory: retain() deletes it another time
}

std::vector<Epoch> CheckpointDirectory::epochs() const {
  std::vector<Epoch> found;
  for (auto const& directory : directories_in(path_)) {
    auto const name = directory.filename().string();
    auto const superstep = superstep_in(name, committed);
    if (superstep && name == numbered(committed, *superstep)) found.push_back({*superstep, directory});
  }
  std::ranges::sort(found, std::ranges::greater(), &Epoch::superstep);
  return found;
}

Manifest CheckpointDirectory::read_manifest(Epoch const& epoch) const {
  auto const path = epoch.directory / manifest_name;
  auto manifest = parse_manifest(path, read_text(path));
  if (manifest.superstep != epoch.superstep)
    throw Damaged(path, "is of superstep " + std::to_string(manifest.superstep));
  for (auto const& part : manifest.parts) {
    ReadableFile const file(epoch.directory / part.file);
    if (file.size() != part.bytes)
      throw Damaged(epoch.directory / part.file,
                    "has " + std::to_string(file.size()) + " bytes, the manifest says " + std::to_string(part.bytes));
  }
  return manifest;
}

std::vector<Field> CheckpointDirectory::read_partition(Epoch const& epoch, PartSummary const& part,
                                                       PartitionId partition) const {
  return read_part_file(epoch.directory / part.file, epoch.superstep, part, partition);
}

void CheckpointDirectory::retain(int keep) const noexcept try {
  auto const all = epochs();
  for (auto i = static_cast<std::size_t>(std::max(keep, 1)); i < all.size(); ++i) remove_epoch(path_, all[i]);
  for (auto const& directory : directories_in(path_)) {
    auto const name = directory.filename().string();
    bool const left_over = superstep_in(name, temporary) || superstep_in(name, trash);
    bool const outlived = !all.empty() && superstep_in(name, old);
    std::error_code ignored;
    if (left_over || outlived) fs::remove_all(directory, ignored);
  }
} catch (std::exception const&) {  // no memory: what is left goes another time
}

int CheckpointDirectory::set_aside() const { return set_aside_after(-1); }

int CheckpointDirectory::set_aside_after(std::int64_t superstep) const {
  int renamed = 0;
  for (auto const& epoch : epochs()) {
    if (epoch.superstep <= superstep) break;
    rename_checked(epoch.directory, free_name(path_, old, epoch.superstep));
    ++renamed;
  }
  if (renamed > 0) sync_directory(path_);
  return renamed;
}

}  // namespace pel::store
