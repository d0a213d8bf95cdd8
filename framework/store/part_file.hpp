// One part of an epoch: an HDF5 file with a rank's slices of all fields, written past HDF5 and read without it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "store/block_sums.hpp"
#include "store/checkpoint.hpp"
#include "store/file.hpp"
#include "store/part_index.hpp"
#include "store/snapshot.hpp"

namespace pel::store {

constexpr char const* part_format = "pel-checkpoint";
constexpr std::int64_t part_format_version = 2;

// What a part says of itself in the attributes of its root.
struct PartHeading {
  std::string app;
  std::int64_t superstep = 0;
  std::uint32_t partitions = 0;  // of the job
  int rank = 0;
  int ranks = 1;
  std::string parameters = "{}";                   // as JSON, for people
  std::map<std::string, std::uint64_t> rows = {};  // by field, over all parts; what is missing is not told
};

// A part that has been written: what a later one of the same rank may link to instead of writing the same again.
struct WrittenPart {
  PartSummary summary;
  PartIndex index;
  std::vector<int> age;  // by row of index.slices: how many epochs ago its bytes were written
};
struct EarlierPart {
  std::filesystem::path epoch;  // its committed directory
  std::int64_t superstep = 0;
  WrittenPart const* part = nullptr;
};

enum class Compress { off, zstd };

// Called when a step of the writing is done: "skeleton", "allocated", "payload_piece" (each), "payload_mid", "payload",
// "part_synced".
using Milestone = std::function<void(char const*)>;

// Writes and fsyncs the part of these fields; a file of that name is overwritten. `sums` are of the snapshot's slices,
// in the order of fields and slices; others may help with them meanwhile. With `earlier`, slices of at least a page
// that have not changed since are taken from there by a hard link, at most 8 epochs long, and never all of them.
// With zstd: a field that a sample says it is worth for is written compressed, and never linked.
// Throws: WriteFailed; what `reached` throws.
[[nodiscard]] WrittenPart write_part(std::filesystem::path const& path, PartHeading const& heading,
                                     Snapshot const& snapshot, BlockSums& sums,
                                     std::optional<EarlierPart> const& earlier, Milestone const& reached,
                                     Compress compress = Compress::off);

// The slices of a snapshot, in the order that write_part() wants sums of.
[[nodiscard]] std::vector<std::span<std::byte const>> slices_of(Snapshot const& snapshot);

// A part opened for reading: its metadata and its table of contents have been checked against the summary.
class PartReader {
 public:
  // Throws: Damaged.
  PartReader(std::filesystem::path const& epoch, PartSummary const& summary);

  [[nodiscard]] PartIndex const& index() const noexcept { return index_; }
  // Reads the bytes of a slice and checks them; what does not match is read once more past the page cache.
  // Thread-safe. Requires: to.size() == index().bytes_of(row). Throws: Damaged.
  void read(SliceRow const& row, std::span<std::byte> to) const;
  // The same, and the bytes are let go: it takes the memory of a block, or of the slice if that is compressed.
  // Throws: Damaged.
  void check(SliceRow const& row) const;

 private:
  void read_block(SliceRow const& row, std::size_t at, std::span<std::byte> bytes) const;
  void read_packed(SliceRow const& row, std::span<std::byte> to) const;
  [[nodiscard]] bool unpack_rows(SliceRow const& row, std::span<std::byte> to) const;
  [[nodiscard]] bool matches(SliceRow const& row, std::size_t at, std::span<std::byte const> bytes) const;
  [[noreturn]] void refuse(SliceRow const& row) const;
  [[nodiscard]] bool is_packed(SliceRow const& row) const;

  std::vector<ReadableFile> files_;  // as in the index
  PartIndex index_;
};

}  // namespace pel::store
