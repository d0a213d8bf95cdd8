// Reads an epoch back: the partitions of this rank, wherever the ranks that wrote them had put them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "engine/workers.hpp"
#include "store/checkpoint.hpp"
#include "store/part_file.hpp"
#include "store/snapshot.hpp"

namespace pel::engine {

// Knows nothing of other ranks: whether all could read their share is for the caller to agree on.
class StateReader {
 public:
  // Checks manifest, sizes and the table of contents of the parts that have these partitions. Throws: store::Damaged.
  StateReader(store::CheckpointDirectory const& directory, store::Epoch const& epoch);

  [[nodiscard]] store::Manifest const& manifest() const noexcept { return manifest_; }

  // How much the partitions have.
  [[nodiscard]] std::uint64_t bytes(std::vector<PartitionId> const& partitions);

  // Reads and verifies all fields of the partitions into the snapshot, on all threads. Throws: store::Damaged, of the
  // first slice in order that is; std::bad_alloc. Cost: w = the state read once.
  void read(std::vector<PartitionId> const& partitions, Workers& workers, store::Snapshot& into);
  // The same of the aggregate alone, which lies with partition 0.
  void read_aggregate(Workers& workers, store::Snapshot& into);

  // For a state of which there is no room for a copy: verifies the partitions as read() does, and holds on to nothing.
  // Throws: store::Damaged. Cost: w = the state read once.
  void check(std::vector<PartitionId> const& partitions, Workers& workers);
  // The fields of a partition that has been checked, each to be fetched from the file to its place; from any thread,
  // while this lives. What differs now throws SystemError.
  [[nodiscard]] std::vector<store::FieldView> fields_of(PartitionId partition) const;

 private:
  struct Piece {
    store::PartReader const* part;
    store::SliceRow const* row;
  };
  struct Plan {
    std::vector<store::FieldPlan> fields;
    std::vector<std::vector<Piece>> pieces;  // by field and slice
  };
  [[nodiscard]] store::PartReader const& part_of(PartitionId partition);
  [[nodiscard]] Plan plan(std::vector<PartitionId> const& partitions, bool only_aggregate);
  void read(std::vector<PartitionId> const& partitions, bool only_aggregate, Workers& workers, store::Snapshot& into);

  std::filesystem::path directory_;
  store::Manifest manifest_;
  std::vector<std::size_t> part_number_;                     // by partition
  std::vector<std::unique_ptr<store::PartReader>> readers_;  // by part; opened when first wanted
};

}  // namespace pel::engine
