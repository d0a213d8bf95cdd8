// A directory that vanishes with its test, and a small checkpoint with a field of each kind.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "store/checkpoint.hpp"
#include "store/field.hpp"
#include "store/part_file.hpp"
#include "store/snapshot.hpp"

namespace pel::test {

class TemporaryDirectory {
 public:
  TemporaryDirectory() : TemporaryDirectory(std::filesystem::temp_directory_path()) {}
  explicit TemporaryDirectory(std::filesystem::path const& below);
  ~TemporaryDirectory();
  TemporaryDirectory(TemporaryDirectory const&) = delete;
  TemporaryDirectory& operator=(TemporaryDirectory const&) = delete;
  [[nodiscard]] std::filesystem::path const& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

template <class Value>
std::vector<std::byte> bytes_of(std::vector<Value> const& values) {
  std::vector<std::byte> bytes(values.size() * sizeof(Value));
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

[[nodiscard]] std::string read_text(std::filesystem::path const& path);
void write_text(std::filesystem::path const& path, std::string const& text);
// Inverts a bit of one byte of a file.
void flip_bit(std::filesystem::path const& path, std::uint64_t byte, unsigned bit = 0);
// The names in a directory, in order.
[[nodiscard]] std::vector<std::string> names_in(std::filesystem::path const& path);

// A field with its bytes.
struct Slice {
  PartitionId partition{};
  std::uint64_t rows = 0;
  std::vector<std::byte> bytes;
};
struct Field {
  store::FieldInfo info;
  std::vector<Slice> slices;
};
[[nodiscard]] bool same(std::vector<Field> const& left, std::vector<Field> const& right);

[[nodiscard]] std::vector<store::FieldPlan> plans_of(std::vector<Field> const& fields);
[[nodiscard]] store::Snapshot snapshot_of(std::vector<PartitionId> const& partitions, std::vector<Field> const& fields);

// The part of that rank of the manifest's epoch, in a directory where it may be written.
store::WrittenPart write_part(std::filesystem::path const& directory, store::Manifest const& manifest, int rank,
                              int ranks, std::vector<PartitionId> const& partitions, std::vector<Field> const& fields,
                              std::optional<store::EarlierPart> const& earlier = std::nullopt);

// The fields that a part has of a partition. Throws: Damaged.
[[nodiscard]] std::vector<Field> read_partition(std::filesystem::path const& epoch, store::PartSummary const& part,
                                                PartitionId partition);

// As rank 0 does it, without a lease. Returns whether the epoch that stands is this one.
bool commit(store::CheckpointDirectory const& directory, store::Manifest const& manifest);

// Writes and commits an epoch of one part that holds all partitions of the manifest, and adds the part to it.
void write_whole(store::CheckpointDirectory const& directory, store::Manifest& manifest,
                 std::vector<Field> const& fields);

// Five partitions. state/rank: float64, 10 p rows for partition p (so none for 0); state/means: float32 of shape {2,
// 3}, only for odd partitions; state/done: bool scalar; state/blob: opaque; inbox/key: int64, empty for all.
constexpr std::uint32_t sample_partitions = 5;

// What the file of a rank with these partitions is made of; `seed` changes the values and no size.
[[nodiscard]] std::vector<Field> sample_fields(std::vector<PartitionId> const& partitions, int seed = 0);

// The partitions of `rank` if each rank gets a run of equal size.
[[nodiscard]] std::vector<PartitionId> partitions_of(int rank, int ranks);

// Of the sample's epoch after that superstep, without parts.
[[nodiscard]] store::Manifest sample_manifest(std::int64_t superstep);

// Writes all parts of the epoch as that many ranks would, without committing it.
[[nodiscard]] store::Manifest write_sample_parts(store::CheckpointDirectory const& directory, std::int64_t superstep,
                                                 int ranks, int seed = 0);
// The same, and commits it.
store::Manifest write_sample(store::CheckpointDirectory const& directory, std::int64_t superstep, int ranks,
                             int seed = 0);

// Reads every partition of the newest epoch and compares it with sample_fields(): whether all is as it was written.
// Throws: Damaged.
[[nodiscard]] bool reads_back(store::CheckpointDirectory const& directory, int seed = 0);

}  // namespace pel::test
