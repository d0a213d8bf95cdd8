// A directory that vanishes with its test, and a small checkpoint with a field of each kind.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "store/checkpoint.hpp"
#include "store/field.hpp"

namespace pel::test {

class TemporaryDirectory {
 public:
  TemporaryDirectory();
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

// Five partitions. state/rank: float64, 10 p rows for partition p (so none for 0); state/means: float32 of shape {2,
// 3}, only for odd partitions; state/done: bool scalar; state/blob: opaque; inbox/key: int64, empty for all.
constexpr std::uint32_t sample_partitions = 5;

// What the file of a rank with these partitions is made of; `seed` changes the values and no size.
[[nodiscard]] std::vector<store::Field> sample_fields(std::vector<PartitionId> const& partitions, int seed = 0);

// The partitions of `rank` if each rank gets a run of equal size.
[[nodiscard]] std::vector<PartitionId> partitions_of(int rank, int ranks);

// Writes and commits the epoch `superstep` as that many ranks would.
store::Manifest write_sample(store::CheckpointDirectory const& directory, std::int64_t superstep, int ranks,
                             int seed = 0);

// Reads every partition of the newest epoch and compares it with sample_fields(): whether all is as it was written.
// Throws: Damaged.
[[nodiscard]] bool reads_back(store::CheckpointDirectory const& directory, int seed = 0);

[[nodiscard]] bool same(std::vector<store::Field> const& left, std::vector<store::Field> const& right);

}  // namespace pel::test
