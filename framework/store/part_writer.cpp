// HDF5 lays the file out in memory; all bytes get onto the disk by our own checked writes, those of datasets at the
// offsets it chose.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/digest.hpp"
#include "store/hdf5.hpp"
#include "store/page_buffer.hpp"
#include "store/part_file.hpp"
#include "store/part_layout.hpp"
#include "store/payload_writer.hpp"

namespace pel::store {
namespace {

namespace fs = std::filesystem;

constexpr int longest_chain = 8;  // epochs that one slice's bytes may serve

// Which slices lie in files of the epoch before, by row: indexes of that part's rows, or none.
constexpr std::size_t none = ~std::size_t{0};

class PartWriting {
 public:
  PartWriting(fs::path const& path, PartHeading const& heading, Snapshot const& snapshot, BlockSums& sums,
              std::optional<EarlierPart> const& earlier, Milestone const& reached, Compress compress)
      : path_(path), heading_(heading), snapshot_(snapshot), sums_(sums), earlier_(earlier), reached_(reached) {
    index_.partitions = snapshot.partitions();
    index_.files = {path.filename().string()};
    for (auto const& field : snapshot.fields()) index_.fields.push_back(field.info);
    packed_.resize(index_.fields.size());
    if (compress == Compress::zstd)
      for (std::size_t f = 0; f < packed_.size(); ++f) packed_[f] = packed(index_.fields[f], snapshot.field(f));
    list_slices();
  }

  WrittenPart all() {
    if (earlier_) take_from_earlier();
    number_rows();
    auto const layout = lay_out(heading_, rows_here_, index_.encoded());
    for (auto& row : index_.slices)
      if (row.file == 0 && !packed_[row.field])
        row.offset = layout.fields[row.field] + row.first_row * index_.fields[row.field].row_bytes();
    index_.chunks = layout.chunks;
    auto file = WritableFile::create(path_);
    layout.image.write_pages(file);
    reached_("skeleton");
    file.resize(layout.image.size());
    file.reserve(layout.image.size());
    reached_("allocated");
    write_payload(file);
    write_chunks(file);
    sums_.finish();
    index_.blocks = sums_.sums();
    reached_("payload");
    auto const encoded = index_.encoded();
    for (std::size_t i = 0; i < tables; ++i) file.write_at(layout.table_places.at(i).offset, encoded.at(i).bytes);
    file.sync();
    auto const bytes = file.size();
    file.close();
    reached_("part_synced");
    return {summary(layout, encoded, bytes), std::move(index_), std::move(age_)};
  }

 private:
  void list_slices() {
    for (std::size_t f = 0; f < snapshot_.fields().size(); ++f)
      for (std::size_t s = 0; s < snapshot_.fields()[f].slices.size(); ++s) {
        auto const& slice = snapshot_.fields()[f].slices[s];
        auto const number = index_.slices.size();
        index_.slices.push_back({f, pel::index(slice.partition), slice.rows, 0, 0, 0, sums_.first_block(number)});
        bytes_.push_back(snapshot_.slice(f, s));
      }
    earlier_row_.assign(index_.slices.size(), none);
    age_.assign(index_.slices.size(), 0);
  }

  // Finds the slices whose bytes the part before has already, links their files, and makes the rows point there.
  void take_from_earlier() {
    find_unchanged();
    std::map<std::uint64_t, std::uint64_t> file_of;  // by file of the part before; 0: could not be linked
    auto const& before = earlier_->part->index;
    for (std::size_t i = 0; i < index_.slices.size(); ++i) {
      if (earlier_row_[i] == none) continue;
      auto const& old = before.slices[earlier_row_[i]];
      auto const [known, is_new] = file_of.emplace(old.file, 0);
      if (is_new) known->second = link(before.files[old.file], old.file == 0);
      if (known->second == 0) continue;
      auto& row = index_.slices[i];
      row.file = known->second;
      row.offset = old.offset;
      row.first_row = old.first_row;
      age_[i] = earlier_->part->age[earlier_row_[i]] + 1;
    }
  }

  void find_unchanged() {
    auto const& before = earlier_->part->index;
    std::map<std::pair<std::string, std::uint64_t>, std::size_t> at;
    for (std::size_t i = 0; i < before.slices.size(); ++i)
      at.emplace(std::pair(before.fields[before.slices[i].field].name, before.slices[i].partition), i);
    bool something_new = false;
    for (std::size_t i = 0; i < index_.slices.size(); ++i) {
      auto const& row = index_.slices[i];
      auto const found = at.find({index_.fields[row.field].name, row.partition});
      bool const linkable = bytes_[i].size() >= PageBuffer::page_bytes && !packed_[row.field];
      if (linkable && found != at.end() && is_unchanged(i, found->second)) earlier_row_[i] = found->second;
      something_new = something_new || (linkable && earlier_row_[i] == none);
    }
    // Two epochs that share all their bytes would both be lost by one flipped bit.
    if (!something_new) std::ranges::fill(earlier_row_, none);
  }

  bool is_unchanged(std::size_t slice, std::size_t old_row) {
    auto const& before = earlier_->part->index;
    auto const& old = before.slices[old_row];
    auto const& row = index_.slices[slice];
    if (old.rows != row.rows || before.fields[old.field] != index_.fields[row.field]) return false;
    if (earlier_->part->age[old_row] + 1 >= longest_chain) return false;
    bool const was_packed = old.file == 0 && std::ranges::binary_search(before.chunks, old.field, {}, &ChunkRow::field);
    if (was_packed) return false;
    for (std::uint64_t b = 0; b < blocks_in(bytes_[slice].size()); ++b)
      if (sums_.sum(row.first_block + b) != before.blocks[old.first_block + b]) return false;
    return true;
  }

  // Index of the file in this part; 0 if the file system makes no link: then the slices are written.
  std::uint64_t link(std::string const& name, bool is_part) {
    auto const stem = fs::path(name).stem().string();
    auto const linked = is_part ? fmt::format("{}-of-{:09}.h5", stem, earlier_->superstep) : name;
    auto const to = path_.parent_path() / linked;
    ::unlink(to.c_str());
    if (::link((earlier_->epoch / name).c_str(), to.c_str()) != 0) return 0;
    index_.files.push_back(linked);
    return index_.files.size() - 1;
  }

  // Where the slices that are written here lie in their datasets.
  void number_rows() {
    for (std::size_t f = 0; f < index_.fields.size(); ++f)
      rows_here_.push_back({index_.fields[f], 0, packed_[f] ? &*packed_[f] : nullptr});
    for (auto& row : index_.slices) {
      if (row.file != 0) continue;
      row.first_row = rows_here_[row.field].rows;
      rows_here_[row.field].rows += row.rows;
    }
    index_.blocks.assign(sums_.sums().size(), 0);  // of their final size, as the chunks are
    for (auto const& field : packed_)
      if (field) index_.chunks.resize(index_.chunks.size() + field->chunks.size());
  }

  // Slices that lie side by side in memory and in the file go out together.
  void write_payload(WritableFile& file) {
    std::uint64_t total = 0, written = 0;
    for (auto const& field : rows_here_) total += field.rows * field.info.row_bytes();
    bool halfway = false;
    PayloadWriter payload(file, path_, [&](std::uint64_t bytes) {
      written += bytes;
      reached_("payload_piece");
      if (!halfway && 2 * written >= total) reached_("payload_mid");
      halfway = halfway || 2 * written >= total;
    });
    for (std::size_t i = 0; i < index_.slices.size();) {
      auto const first = i;
      auto bytes = bytes_[i].size();
      for (++i; i < index_.slices.size() && continues(i); ++i) bytes += bytes_[i].size();
      auto const& row = index_.slices[first];
      if (row.file == 0 && bytes > 0 && !packed_[row.field]) payload.write(row.offset, {bytes_[first].data(), bytes});
    }
  }

  void write_chunks(WritableFile& file) const {
    auto place = index_.chunks.begin();
    for (auto const& field : packed_)
      if (field)
        for (auto const& chunk : field->chunks) file.write_at((place++)->offset, chunk);
  }

  [[nodiscard]] bool continues(std::size_t i) const {
    auto const& before = index_.slices[i - 1];
    return index_.slices[i].field == before.field && index_.slices[i].file == 0 && before.file == 0;
  }

  [[nodiscard]] PartSummary summary(PartLayout const& layout, Tables const& encoded, std::uint64_t bytes) const {
    PartSummary part;
    part.file = index_.files.front();
    part.bytes = bytes;
    part.partitions = index_.partitions;
    part.metadata_bytes = layout.metadata_bytes;
    part.table_places = layout.table_places;
    for (std::size_t i = 1; i < index_.files.size(); ++i)
      part.links.push_back({index_.files[i], fs::file_size(path_.parent_path() / index_.files[i])});
    std::vector<std::byte> metadata(layout.metadata_bytes);
    layout.image.read(0, metadata);
    base::DigestStream digest;
    digest.add(metadata);
    for (auto const& table : encoded) digest.add(table.bytes);
    part.digest = base::to_hex(digest.finish());
    return part;
  }

  fs::path const& path_;
  PartHeading const& heading_;
  Snapshot const& snapshot_;
  BlockSums& sums_;
  std::optional<EarlierPart> const& earlier_;
  Milestone const& reached_;
  PartIndex index_;
  std::vector<std::span<std::byte const>> bytes_;   // by row
  std::vector<std::size_t> earlier_row_;            // by row
  std::vector<int> age_;                            // by row
  std::vector<FieldRows> rows_here_;                // by field
  std::vector<std::optional<PackedField>> packed_;  // by field: those that are compressed
};

}  // namespace

std::vector<std::span<std::byte const>> slices_of(Snapshot const& snapshot) {
  std::vector<std::span<std::byte const>> slices;
  for (std::size_t f = 0; f < snapshot.fields().size(); ++f)
    for (std::size_t s = 0; s < snapshot.fields()[f].slices.size(); ++s) slices.push_back(snapshot.slice(f, s));
  return slices;
}

WrittenPart write_part(fs::path const& path, PartHeading const& heading, Snapshot const& snapshot, BlockSums& sums,
                       std::optional<EarlierPart> const& earlier, Milestone const& reached, Compress compress) try {
  return PartWriting(path, heading, snapshot, sums, earlier, reached, compress).all();
} catch (hdf5::Error const& error) {
  throw write_failed(path, error.code, error.what());
} catch (fs::filesystem_error const& error) {
  throw write_failed(path, error.code().value(), error.what());
}

}  // namespace pel::store
