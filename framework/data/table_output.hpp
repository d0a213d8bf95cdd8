// The HDF5 files that a table goes to: one, or a directory with one a partition.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "data/flow.hpp"
#include "engine/result_datasets.hpp"
#include "store/result_file.hpp"

namespace pel::data {

struct TableContent {
  store::Attributes attributes;                 // at the root of each file
  std::vector<engine::ResultDataset> datasets;  // of one file that holds all rows
  std::vector<engine::ColumnExtents> extents;   // by partition
};

// Complete under its name, or not there at all: made on all ranks with all that HDF5 itself has to write, it lies under
// a temporary name until publish(), and a failure on the way leaves nothing behind. Once published it is on the disk.
//
// In one superstep each partition calls begin(), write() any number of times, and end().
class TableOutput {
 public:
  virtual ~TableOutput() = default;
  // In a superstep. Throw: WriteFailed.
  virtual void begin(Step& step) = 0;
  // What stands in the partition's file before its own rows.
  [[nodiscard]] virtual engine::ColumnExtents const& before(Step const& step) const = 0;
  // Writes bytes of a dataset, from the byte `at` of it on.
  virtual void write(Step& step, std::size_t dataset, std::uint64_t at, std::span<std::byte const> bytes) = 0;
  virtual void end(Step& step) = 0;
  // Gives it its name. Collective: all ranks, after that superstep. Throws: on all of them: WriteFailed.
  virtual void publish() = 0;
};

// What is written to a path:
//   table.h5    one file with the rows of all partitions
//   table.h5/   a directory with a file a partition, part-00000.h5, …, in place of such parts that were there. Each has
//               the datasets of the one file, by the same names and of the same types, and the partition's rows of them
// (".hdf5" too). Requires: `content` lives as long as the output. Collective: all ranks, while no checkpoint is
// written. Throws: on all of them: WriteFailed, also where a directory is in the way that holds anything but such
// parts.
[[nodiscard]] std::unique_ptr<TableOutput> make_table_output(Flow& flow, std::string const& path,
                                                             TableContent const& content);

}  // namespace pel::data
