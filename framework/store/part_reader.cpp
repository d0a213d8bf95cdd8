// Reading takes no HDF5: the table of contents says where all bytes are, and the manifest where that is.
#include <algorithm>
#include <stdexcept>
#include <string>

#include "base/digest.hpp"
#include "store/packed_field.hpp"
#include "store/part_file.hpp"

namespace pel::store {
namespace {

void require(bool holds, ReadableFile const& file, std::string const& reason, char const* kind = "digest") {
  if (!holds) throw Damaged(file.path(), reason, kind);
}

ReadableFile open_sized(std::filesystem::path const& path, std::uint64_t bytes) {
  ReadableFile file(path);
  require(file.size() == bytes, file,
          "has " + std::to_string(file.size()) + " bytes, the manifest says " + std::to_string(bytes), "size");
  return file;
}

std::vector<std::byte> read_bytes(ReadableFile const& file, std::uint64_t offset, std::uint64_t n) {
  require(n <= file.size(), file, "is shorter than its table of contents", "size");
  std::vector<std::byte> bytes(n);
  file.read_at(offset, bytes);
  return bytes;
}

Tables read_tables(ReadableFile const& file, PartSummary const& summary) {
  auto const once = [&] {
    Tables found;
    base::DigestStream digest;
    digest.add(read_bytes(file, 0, summary.metadata_bytes));
    for (std::size_t i = 0; i < tables; ++i) {
      auto const& place = summary.table_places.at(i);
      found.at(i) = {read_bytes(file, place.offset, place.bytes), place.row_bytes};
      digest.add(found.at(i).bytes);
    }
    return std::pair(base::to_hex(digest.finish()), std::move(found));
  };
  auto read = once();
  if (read.first != summary.digest) {
    file.forget();
    read = once();
  }
  require(read.first == summary.digest, file, "its table of contents does not match the manifest's digest");
  return std::move(read.second);
}

void check_places(PartIndex const& index, std::vector<ReadableFile> const& files) {
  for (auto const& chunk : index.chunks)
    require(chunk.offset <= files[0].size() && chunk.bytes <= files[0].size() - chunk.offset, files[0],
            "is shorter than its chunks", "size");
  for (auto const& row : index.slices) {
    if (row.file == 0 && std::ranges::binary_search(index.chunks, row.field, {}, &ChunkRow::field)) continue;
    auto const& file = files[row.file];
    auto const bytes = index.bytes_of(row);
    require(row.offset <= file.size() && bytes <= file.size() - row.offset, file, "is shorter than its slices", "size");
  }
}

}  // namespace

PartReader::PartReader(std::filesystem::path const& epoch, PartSummary const& summary) {
  files_.push_back(open_sized(epoch / summary.file, summary.bytes));
  auto const& part = files_.front();
  try {
    index_ = decoded(read_tables(part, summary));
  } catch (std::invalid_argument const& error) {
    throw Damaged(part.path(), error.what());
  }
  require(index_.partitions == summary.partitions, part, "holds other partitions than the manifest says");
  for (auto const& link : summary.links) files_.push_back(open_sized(epoch / link.file, link.bytes));
  require(index_.files.size() == files_.size(), files_.front(), "names other files than the manifest");
  for (std::size_t i = 1; i < files_.size(); ++i)
    require(index_.files[i] == summary.links[i - 1].file, files_.front(), "names other files than the manifest");
  check_places(index_, files_);
}

bool PartReader::is_packed(SliceRow const& row) const {
  return row.file == 0 && std::ranges::binary_search(index_.chunks, row.field, {}, &ChunkRow::field);
}

// One block of a slice, which begins at byte `at` of it.
bool PartReader::matches(SliceRow const& row, std::size_t at, std::span<std::byte const> bytes) const {
  return base::checksum_of(bytes) == index_.blocks[row.first_block + at / block_bytes];
}

void PartReader::read(SliceRow const& row, std::span<std::byte> to) const {
  if (is_packed(row)) return read_packed(row, to);
  for (std::size_t at = 0; at < to.size(); at += block_bytes)
    read_block(row, at, to.subspan(at, std::min(block_bytes, to.size() - at)));
}

void PartReader::check(SliceRow const& row) const {
  auto const size = index_.bytes_of(row);
  std::vector<std::byte> bytes(is_packed(row) ? size : std::min<std::uint64_t>(block_bytes, size));
  if (is_packed(row)) return read_packed(row, bytes);
  for (std::uint64_t at = 0; at < size; at += block_bytes)
    read_block(row, at, std::span(bytes).first(std::min<std::uint64_t>(block_bytes, size - at)));
}

void PartReader::read_block(SliceRow const& row, std::size_t at, std::span<std::byte> bytes) const {
  auto const& file = files_[row.file];
  file.read_at(row.offset + at, bytes);
  // The disk reads on while sums are compared; a slice that follows is most likely this rank's, too.
  file.expect(row.offset + at + bytes.size(), std::min<std::uint64_t>(block_bytes, index_.bytes_of(row)));
  if (matches(row, at, bytes)) return;
  file.forget();  // memory may have erred, not the disk
  file.read_at(row.offset + at, bytes);
  if (!matches(row, at, bytes)) refuse(row);
}

void PartReader::refuse(SliceRow const& row) const {
  throw Damaged(files_[row.file].path(), index_.fields[row.field].name + " of partition " +
                                             std::to_string(row.partition) +
                                             " has another checksum than when it was written");
}

void PartReader::read_packed(SliceRow const& row, std::span<std::byte> to) const {
  for (int attempt = 0; attempt < 2; ++attempt) {
    bool whole = unpack_rows(row, to);
    for (std::size_t at = 0; at < to.size(); at += block_bytes)
      whole = whole && matches(row, at, to.subspan(at, std::min(block_bytes, to.size() - at)));
    if (whole) return;
    files_.front().forget();
  }
  refuse(row);
}

// False where a chunk is none.
bool PartReader::unpack_rows(SliceRow const& row, std::span<std::byte> to) const {
  auto const chunks = std::ranges::equal_range(index_.chunks, row.field, {}, &ChunkRow::field);
  auto const row_bytes = index_.fields[row.field].row_bytes();
  std::vector<std::byte> stored, chunk(chunks.front().rows * row_bytes);
  auto const begin = row.first_row * row_bytes;
  for (std::size_t at = 0; at < to.size();) {
    auto const number = (begin + at) / chunk.size();
    if (number >= chunks.size()) return false;
    auto const& place = chunks[number];
    stored.resize(place.bytes);
    files_.front().read_at(place.offset, stored);
    if (!unpack(stored, chunk)) return false;
    auto const from = (begin + at) % chunk.size();
    auto const n = std::min(chunk.size() - from, to.size() - at);
    std::ranges::copy(std::span(chunk).subspan(from, n), to.subspan(at).begin());
    at += n;
  }
  return true;
}

}  // namespace pel::store
