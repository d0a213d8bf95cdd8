#include "store/part_draft.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "base/digest.hpp"
#include "store/block_sums.hpp"
#include "store/hdf5.hpp"
#include "store/page_buffer.hpp"

namespace pel::store {
namespace {

namespace fs = std::filesystem;

constexpr int longest_chain = 8;  // epochs that one slice's bytes may serve
constexpr std::size_t none = ~std::size_t{0};

}  // namespace

PartDraft::PartDraft(fs::path const& path, PartHeading const& heading, std::vector<PartitionId> const& partitions,
                     std::vector<FieldPlan> const& fields, Milestone const& reached)
    : path_(path), heading_(heading), reached_(reached), packed_(fields.size()) {
  index_.partitions = partitions;
  index_.files = {path.filename().string()};
  for (std::size_t f = 0; f < fields.size(); ++f) {
    index_.fields.push_back(fields[f].info);
    first_row_.push_back(index_.slices.size());
    for (auto const& slice : fields[f].slices) {
      index_.slices.push_back({f, pel::index(slice.partition), slice.rows, 0, 0, 0, blocks_});
      blocks_ += blocks_in(slice.rows * fields[f].info.row_bytes());
    }
  }
  earlier_row_.assign(index_.slices.size(), none);
  age_.assign(index_.slices.size(), 0);
}

void PartDraft::pack(std::size_t field, PackedField const& packed) { packed_[field] = &packed; }

void PartDraft::take_from_earlier(EarlierPart const& earlier, std::function<std::uint64_t(std::size_t)> const& sum) {
  find_unchanged(earlier, sum);
  std::map<std::uint64_t, std::uint64_t> file_of;  // by file of the part before; 0: could not be linked
  auto const& before = earlier.part->index;
  for (std::size_t i = 0; i < index_.slices.size(); ++i) {
    if (earlier_row_[i] == none) continue;
    auto const& old = before.slices[earlier_row_[i]];
    auto const [known, is_new] = file_of.emplace(old.file, 0);
    if (is_new) known->second = link(earlier, before.files[old.file], old.file == 0);
    if (known->second == 0) continue;
    auto& row = index_.slices[i];
    row.file = known->second;
    row.offset = old.offset;
    row.first_row = old.first_row;
    age_[i] = earlier.part->age[earlier_row_[i]] + 1;
  }
}

void PartDraft::find_unchanged(EarlierPart const& earlier, std::function<std::uint64_t(std::size_t)> const& sum) {
  auto const& before = earlier.part->index;
  std::map<std::pair<std::string, std::uint64_t>, std::size_t> at;
  for (std::size_t i = 0; i < before.slices.size(); ++i)
    at.emplace(std::pair(before.fields[before.slices[i].field].name, before.slices[i].partition), i);
  bool something_new = false;
  for (std::size_t i = 0; i < index_.slices.size(); ++i) {
    auto const& row = index_.slices[i];
    auto const found = at.find({index_.fields[row.field].name, row.partition});
    bool const linkable = index_.bytes_of(row) >= PageBuffer::page_bytes && !is_packed(row.field);
    if (linkable && found != at.end() && is_unchanged(earlier, i, found->second, sum)) earlier_row_[i] = found->second;
    something_new = something_new || (linkable && earlier_row_[i] == none);
  }
  // Two epochs that share all their bytes would both be lost by one flipped bit.
  if (!something_new) std::ranges::fill(earlier_row_, none);
}

bool PartDraft::is_unchanged(EarlierPart const& earlier, std::size_t row_number, std::size_t old_row,
                             std::function<std::uint64_t(std::size_t)> const& sum) const {
  auto const& before = earlier.part->index;
  auto const& old = before.slices[old_row];
  auto const& row = index_.slices[row_number];
  if (old.rows != row.rows || before.fields[old.field] != index_.fields[row.field]) return false;
  if (earlier.part->age[old_row] + 1 >= longest_chain) return false;
  bool const was_packed = old.file == 0 && std::ranges::binary_search(before.chunks, old.field, {}, &ChunkRow::field);
  if (was_packed) return false;
  for (std::uint64_t b = 0; b < blocks_in(index_.bytes_of(row)); ++b)
    if (sum(row.first_block + b) != before.blocks[old.first_block + b]) return false;
  return true;
}

// Index of the file in this part; 0 if the file system makes no link: then the slices are written.
std::uint64_t PartDraft::link(EarlierPart const& earlier, std::string const& name, bool is_part) {
  auto const stem = fs::path(name).stem().string();
  auto const linked = is_part ? fmt::format("{}-of-{:09}.h5", stem, earlier.superstep) : name;
  auto const to = path_.parent_path() / linked;
  ::unlink(to.c_str());
  if (::link((earlier.epoch / name).c_str(), to.c_str()) != 0) return 0;
  index_.files.push_back(linked);
  return index_.files.size() - 1;
}

// Where the slices that are written here lie in their datasets.
void PartDraft::number_rows() {
  for (std::size_t f = 0; f < index_.fields.size(); ++f) rows_here_.push_back({index_.fields[f], 0, packed_[f]});
  for (auto& row : index_.slices) {
    if (row.file != 0) continue;
    row.first_row = rows_here_[row.field].rows;
    rows_here_[row.field].rows += row.rows;
  }
  index_.blocks.assign(blocks_, 0);  // of their final size, as the chunks are
  for (auto const* const field : packed_)
    if (field != nullptr) index_.chunks.resize(index_.chunks.size() + field->chunks.size());
}

std::uint64_t PartDraft::payload_bytes() const {
  std::uint64_t total = 0;
  for (std::size_t f = 0; f < rows_here_.size(); ++f) total += rows_here_[f].rows * index_.fields[f].row_bytes();
  return total;
}

WritableFile PartDraft::create() try {
  number_rows();
  layout_ = lay_out(heading_, rows_here_, index_.encoded());
  for (auto& row : index_.slices)
    if (row.file == 0 && !is_packed(row.field))
      row.offset = layout_.fields[row.field] + row.first_row * index_.fields[row.field].row_bytes();
  index_.chunks = layout_.chunks;
  auto file = WritableFile::create(path_);
  layout_.image.write_pages(file);
  reached_("skeleton");
  file.resize(layout_.image.size());
  file.reserve(layout_.image.size());
  reached_("allocated");
  return file;
} catch (hdf5::Error const& error) {
  throw write_failed(path_, error.code, error.what());
}

WrittenPart PartDraft::finish(WritableFile& file, std::vector<std::uint64_t> sums) try {
  index_.blocks = std::move(sums);
  reached_("payload");
  auto const encoded = index_.encoded();
  for (std::size_t i = 0; i < tables; ++i) file.write_at(layout_.table_places.at(i).offset, encoded.at(i).bytes);
  file.sync();
  auto const bytes = file.size();
  file.close();
  reached_("part_synced");
  return {summary(encoded, bytes), std::move(index_), std::move(age_)};
} catch (fs::filesystem_error const& error) {
  throw write_failed(path_, error.code().value(), error.what());
}

PartSummary PartDraft::summary(Tables const& encoded, std::uint64_t bytes) const {
  PartSummary part;
  part.file = index_.files.front();
  part.bytes = bytes;
  part.partitions = index_.partitions;
  part.metadata_bytes = layout_.metadata_bytes;
  part.table_places = layout_.table_places;
  for (std::size_t i = 1; i < index_.files.size(); ++i)
    part.links.push_back({index_.files[i], fs::file_size(path_.parent_path() / index_.files[i])});
  std::vector<std::byte> metadata(layout_.metadata_bytes);
  layout_.image.read(0, metadata);
  base::DigestStream digest;
  digest.add(metadata);
  for (auto const& table : encoded) digest.add(table.bytes);
  part.digest = base::to_hex(digest.finish());
  return part;
}

}  // namespace pel::store
