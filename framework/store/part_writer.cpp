// HDF5 lays the file out in memory; all bytes get onto the disk by our own checked writes, those of datasets at the
// offsets it chose.
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "store/part_draft.hpp"
#include "store/part_file.hpp"
#include "store/payload_progress.hpp"
#include "store/payload_writer.hpp"

namespace pel::store {
namespace {

namespace fs = std::filesystem;

using Packed = std::vector<std::optional<PackedField>>;  // by field: those that are compressed

Packed pack(Snapshot const& snapshot, Compress compress) {
  Packed fields(snapshot.fields().size());
  if (compress == Compress::zstd)
    for (std::size_t f = 0; f < fields.size(); ++f) fields[f] = packed(snapshot.fields()[f].info, snapshot.field(f));
  return fields;
}

// Whether a slice lies right behind the one before, in memory and in the file.
bool continues(PartIndex const& index, std::size_t row) {
  auto const& before = index.slices[row - 1];
  return index.slices[row].field == before.field && index.slices[row].file == 0 && before.file == 0;
}

// Slices that lie side by side go out together.
void write_payload(PartDraft const& draft, fs::path const& path, std::vector<std::span<std::byte const>> const& slices,
                   Milestone const& reached, WritableFile& file) {
  PayloadProgress progress(reached, draft.payload_bytes());
  PayloadWriter payload(file, path, [&](std::uint64_t bytes) { progress.add(bytes); });
  auto const& rows = draft.index().slices;
  for (std::size_t i = 0; i < rows.size();) {
    auto const first = i;
    auto bytes = slices[i].size();
    for (++i; i < rows.size() && continues(draft.index(), i); ++i) bytes += slices[i].size();
    auto const& row = rows[first];
    if (row.file == 0 && bytes > 0 && !draft.is_packed(row.field))
      payload.write(row.offset, {slices[first].data(), bytes});
  }
}

void write_chunks(PartDraft const& draft, Packed const& fields, WritableFile& file) {
  auto place = draft.index().chunks.begin();
  for (auto const& field : fields)
    if (field)
      for (auto const& chunk : field->chunks) file.write_at((place++)->offset, chunk);
}

}  // namespace

std::vector<std::span<std::byte const>> slices_of(Snapshot const& snapshot) {
  std::vector<std::span<std::byte const>> slices;
  for (std::size_t f = 0; f < snapshot.fields().size(); ++f)
    for (std::size_t s = 0; s < snapshot.fields()[f].slices.size(); ++s) slices.push_back(snapshot.slice(f, s));
  return slices;
}

WrittenPart write_part(fs::path const& path, PartHeading const& heading, Snapshot const& snapshot, BlockSums& sums,
                       std::optional<EarlierPart> const& earlier, Milestone const& reached, Compress compress) {
  PartDraft draft(path, heading, snapshot.partitions(), snapshot.fields(), reached);
  auto const fields = pack(snapshot, compress);
  for (std::size_t f = 0; f < fields.size(); ++f)
    if (fields[f]) draft.pack(f, *fields[f]);
  if (earlier) draft.take_from_earlier(*earlier, [&](std::size_t block) { return sums.sum(block); });
  auto file = draft.create();
  write_payload(draft, path, slices_of(snapshot), reached, file);
  write_chunks(draft, fields, file);
  sums.finish();
  return draft.finish(file, sums.sums());
}

}  // namespace pel::store
