// One part of an epoch: an HDF5 file with a rank's slices of all fields.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "store/checkpoint.hpp"

namespace pel::store {

constexpr char const* part_format = "pel-checkpoint";
constexpr std::int64_t part_format_version = 1;

// What a part says of itself in the attributes of its root.
struct PartHeading {
  std::string app;
  std::int64_t superstep = 0;
  std::uint32_t partitions = 0;  // of the job
  int rank = 0;
  int ranks = 1;
};

// Writes and fsyncs the file; a file of that name is overwritten. Returns the summary, `file` without directories.
// Throws: WriteFailed.
[[nodiscard]] PartSummary write_part_file(std::filesystem::path const& path, PartHeading const& heading,
                                          std::vector<PartitionId> const& partitions, std::vector<Field> const& fields);

// Reads the slices of one partition, checking the file's size, superstep, partitions and table of contents against
// `summary` and `superstep`, and each slice against its checksum. Throws: Damaged.
[[nodiscard]] std::vector<Field> read_part_file(std::filesystem::path const& path, std::int64_t superstep,
                                                PartSummary const& summary, PartitionId partition);

}  // namespace pel::store
