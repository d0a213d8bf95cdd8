#include "sample_checkpoint.hpp"

#include <stdlib.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace pel::test {
namespace {

using store::Field;
using store::FieldInfo;
using store::Slice;

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

TemporaryDirectory::TemporaryDirectory() {
  auto name = (std::filesystem::temp_directory_path() / "pel-store-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string read_text(std::filesystem::path const& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void write_text(std::filesystem::path const& path, std::string const& text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
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

store::Manifest write_sample(store::CheckpointDirectory const& directory, std::int64_t superstep, int ranks, int seed) {
  store::Manifest manifest{{{"app", "sample"}, {"seed", "1"}}, superstep, sample_partitions, "sample", {}};
  directory.begin(superstep);
  for (int rank = 0; rank < ranks; ++rank) {
    auto const ids = partitions_of(rank, ranks);
    manifest.parts.push_back(directory.write_part(manifest, rank, ranks, ids, sample_fields(ids, seed)));
  }
  directory.commit(manifest);
  return manifest;
}

bool reads_back(store::CheckpointDirectory const& directory, int seed) {
  auto const epoch = directory.epochs().at(0);
  bool equal = true;
  for (auto const& part : directory.read_manifest(epoch).parts)
    for (auto const id : part.partitions) {
      auto expected = sample_fields({id}, seed);
      std::erase_if(expected, [](Field const& field) { return field.slices.empty(); });
      equal = same(directory.read_partition(epoch, part, id), expected) && equal;
    }
  return equal;
}

bool same(std::vector<Field> const& left, std::vector<Field> const& right) {
  auto const same_slice = [](Slice const& a, Slice const& b) {
    return a.partition == b.partition && a.rows == b.rows && a.bytes == b.bytes;
  };
  return std::ranges::equal(left, right, [&](Field const& a, Field const& b) {
    return a.info == b.info && std::ranges::equal(a.slices, b.slices, same_slice);
  });
}

}  // namespace pel::test
