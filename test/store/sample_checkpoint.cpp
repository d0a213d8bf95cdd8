#include "sample_checkpoint.hpp"

#include <stdlib.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include "store/block_sums.hpp"
#include "store/manifest.hpp"

namespace pel::test {
namespace {

namespace fs = std::filesystem;
using store::FieldInfo;

std::vector<double> ranks_of(std::size_t partition, int seed) {
  std::vector<double> values(10 * partition);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<double>(partition) + 0.125 * static_cast<double>(i) + seed;
  return values;
}

std::vector<float> means_of(std::size_t partition, int seed) {
  return std::vector<float>(6 * partition, 0.5F + static_cast<float>(seed));
}

std::vector<char> blob_of(std::size_t partition, int seed) {
  return std::vector<char>(partition % 3, static_cast<char>('a' + seed));
}

}  // namespace

TemporaryDirectory::TemporaryDirectory(fs::path const& below) {
  auto name = (below / "pel-store-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory in " + below.string());
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string read_text(fs::path const& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(file ? fs::file_size(path) : 0, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

void write_text(fs::path const& path, std::string const& text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

void flip_bit(fs::path const& path, std::uint64_t byte, unsigned bit) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekg(static_cast<std::streamoff>(byte));
  auto const flipped = static_cast<char>(file.get() ^ (1 << bit));
  file.seekp(static_cast<std::streamoff>(byte));
  file.put(flipped).flush();
  if (!file) throw std::runtime_error("no bit to flip in " + path.string());
}

std::vector<std::string> names_in(fs::path const& path) {
  std::vector<std::string> names;
  for (auto const& entry : fs::directory_iterator(path)) names.push_back(entry.path().filename());
  std::ranges::sort(names);
  return names;
}

bool same(std::vector<Field> const& left, std::vector<Field> const& right) {
  auto const same_slice = [](Slice const& a, Slice const& b) {
    return a.partition == b.partition && a.rows == b.rows && a.bytes == b.bytes;
  };
  return std::ranges::equal(left, right, [&](Field const& a, Field const& b) {
    return a.info == b.info && std::ranges::equal(a.slices, b.slices, same_slice);
  });
}

std::vector<store::FieldPlan> plans_of(std::vector<Field> const& fields) {
  std::vector<store::FieldPlan> plans;
  for (auto const& field : fields) {
    plans.push_back({field.info, {}});
    for (auto const& slice : field.slices) plans.back().slices.push_back({slice.partition, slice.rows});
  }
  return plans;
}

store::Snapshot snapshot_of(std::vector<PartitionId> const& partitions, std::vector<Field> const& fields) {
  store::Snapshot snapshot;
  snapshot.shape(partitions, plans_of(fields));
  for (std::size_t f = 0; f < fields.size(); ++f)
    for (std::size_t s = 0; s < fields[f].slices.size(); ++s) {
      auto const& bytes = fields[f].slices[s].bytes;
      auto const to = snapshot.slice(f, s);
      if (to.size() != bytes.size()) throw std::logic_error("a slice of " + fields[f].info.name + " has another size");
      std::ranges::copy(bytes, to.begin());
    }
  return snapshot;
}

store::WrittenPart write_part(fs::path const& directory, store::Manifest const& manifest, int rank, int ranks,
                              std::vector<PartitionId> const& partitions, std::vector<Field> const& fields,
                              std::optional<store::EarlierPart> const& earlier) {
  auto const snapshot = snapshot_of(partitions, fields);
  store::BlockSums sums(slices_of(snapshot));
  return store::write_part(directory / store::part_name(static_cast<std::size_t>(rank)),
                           {manifest.app, manifest.superstep, manifest.partitions, rank, ranks}, snapshot, sums,
                           earlier, [](char const*) {});
}

std::vector<Field> read_partition(fs::path const& epoch, store::PartSummary const& part, PartitionId partition) {
  store::PartReader const reader(epoch, part);
  std::vector<Field> fields;
  for (auto const& row : reader.index().slices) {
    if (row.partition != index(partition)) continue;
    std::vector<std::byte> bytes(reader.index().bytes_of(row));
    reader.read(row, bytes);
    fields.push_back({reader.index().fields[row.field], {{partition, row.rows, std::move(bytes)}}});
  }
  return fields;
}

bool commit(store::CheckpointDirectory const& directory, store::Manifest const& manifest) {
  return directory.commit(
      manifest, [](char const*) {}, [] {});
}

void write_whole(store::CheckpointDirectory const& directory, store::Manifest& manifest,
                 std::vector<Field> const& fields) {
  std::vector<PartitionId> all;
  for (std::uint32_t p = 0; p < manifest.partitions; ++p) all.push_back(partition_id(p));
  auto const temporary = directory.begin(manifest.superstep);
  manifest.parts = {write_part(temporary, manifest, 0, 1, all, fields).summary};
  commit(directory, manifest);
}

std::vector<Field> sample_fields(std::vector<PartitionId> const& partitions, int seed) {
  Field rank{FieldInfo{"state/rank", base::ElementType::f64, {}, false}, {}};
  Field means{FieldInfo{"state/means", base::ElementType::f32, {2, 3}, false}, {}};
  Field done{FieldInfo{"state/done", base::ElementType::boolean, {}, false}, {}};
  Field blob{FieldInfo{"state/blob", base::ElementType::u8, {}, true}, {}};
  Field key{FieldInfo{"inbox/key", base::ElementType::i64, {}, false}, {}};
  for (auto const id : partitions) {
    auto const p = index(id);
    rank.slices.push_back({id, 10 * p, bytes_of(ranks_of(p, seed))});
    if (p % 2 == 1) means.slices.push_back({id, p, bytes_of(means_of(p, seed))});
    done.slices.push_back({id, 1, {std::byte{p > 2}}});
    blob.slices.push_back({id, p % 3, bytes_of(blob_of(p, seed))});
    key.slices.push_back({id, 0, {}});
  }
  return {rank, means, done, blob, key};
}

std::vector<PartitionId> partitions_of(int rank, int ranks) {
  std::vector<PartitionId> ids;
  auto const r = static_cast<std::size_t>(rank);
  auto const n = static_cast<std::size_t>(ranks);
  for (auto p = sample_partitions * r / n; p < sample_partitions * (r + 1) / n; ++p) ids.push_back(partition_id(p));
  return ids;
}

store::Manifest sample_manifest(std::int64_t superstep) {
  return {{{"app", "sample"}, {"seed", "1"}}, superstep, sample_partitions, "sample", {}};
}

store::Manifest write_sample_parts(store::CheckpointDirectory const& directory, std::int64_t superstep, int ranks,
                                   int seed) {
  auto manifest = sample_manifest(superstep);
  auto const temporary = directory.begin(superstep);
  for (int rank = 0; rank < ranks; ++rank) {
    auto const ids = partitions_of(rank, ranks);
    manifest.parts.push_back(write_part(temporary, manifest, rank, ranks, ids, sample_fields(ids, seed)).summary);
  }
  return manifest;
}

store::Manifest write_sample(store::CheckpointDirectory const& directory, std::int64_t superstep, int ranks, int seed) {
  auto manifest = write_sample_parts(directory, superstep, ranks, seed);
  commit(directory, manifest);
  return manifest;
}

bool reads_back(store::CheckpointDirectory const& directory, int seed) {
  auto const epoch = directory.epochs().at(0);
  bool equal = true;
  for (auto const& part : directory.read_manifest(epoch).parts)
    for (auto const id : part.partitions) {
      auto expected = sample_fields({id}, seed);
      std::erase_if(expected, [](Field const& field) { return field.slices.empty(); });
      equal = same(read_partition(epoch.directory, part, id), expected) && equal;
    }
  return equal;
}

}  // namespace pel::test
