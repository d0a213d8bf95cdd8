// Checkpoints on disk: an epoch is the state after one superstep, a directory that appears by one rename and holds one
// HDF5 file a rank. The layout is in FORMAT.md. This layer knows files and HDF5, no MPI: who calls what when, on which
// rank, and that all agree, is the engine's business.
// May include base; never comm, never MPI.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "store/field.hpp"

namespace pel::store {

// A file of a checkpoint that is not what it should be (cut short, changed, of an unknown version). The engine then
// passes to the next older epoch.
class Damaged : public std::runtime_error {
 public:
  Damaged(std::filesystem::path path_, std::string reason_)
      : std::runtime_error(path_.string() + ": " + reason_), path(std::move(path_)), reason(std::move(reason_)) {}
  std::filesystem::path path;
  std::string reason;
};

// What makes a job the same job: (field, value) in a fixed order, e.g. {"app", "pagerank"}, {"kernel", …},
// {"schema", …}, {"partitions", "64"}, {"parameters", …}, {"input", digest}, {"seed", "1"}.
using Identity = std::vector<std::pair<std::string, std::string>>;

// One rank's file within an epoch. `digest`: XXH3-128, in hexadecimal, over its table of contents,
// which holds the checksums of all its slices.
struct PartSummary {
  std::string file;
  std::uint64_t bytes = 0;
  std::string digest;
  std::vector<PartitionId> partitions;
};

// The table of contents of an epoch.
struct Manifest {
  Identity identity;
  std::int64_t superstep = 0;
  std::uint32_t partitions = 0;
  std::string app;
  std::vector<PartSummary> parts;
};

struct Epoch {
  std::int64_t superstep = 0;
  std::filesystem::path directory;
};

// The directory in which a job's checkpoints live.
// Not thread-safe: HDF5 is not, so one thread of a process uses it.
class CheckpointDirectory {
 public:
  explicit CheckpointDirectory(std::filesystem::path path);
  [[nodiscard]] std::filesystem::path const& path() const noexcept { return path_; }

  // Makes the directory itself and the temporary directory of an epoch, empty. One rank, before the others write.
  // Throws: WriteFailed.
  void begin(std::int64_t superstep) const;

  // Writes the part of `rank`, named typed datasets with the attributes described in FORMAT.md, fsynced.
  // `fields` hold the slices of exactly the partitions `partitions` (a field may lack some).
  // Throws: WriteFailed, also when the disk is full.
  [[nodiscard]] PartSummary write_part(Manifest const& about, int rank, int ranks,
                                       std::vector<PartitionId> const& partitions,
                                       std::vector<Field> const& fields) const;

  // Writes the manifest, fsyncs it and the directory, and makes the epoch appear by one rename, then fsyncs that.
  // An epoch of that superstep which is already there is replaced. One rank, when all parts are written.
  // Throws: WriteFailed.
  void commit(Manifest const& manifest) const;

  // Removes the temporary directory of an epoch that will not be committed. Does not throw.
  void abandon(std::int64_t superstep) const noexcept;

  // All committed epochs, newest first.
  [[nodiscard]] std::vector<Epoch> epochs() const;

  // The table of contents, after checking its digest, that it holds each partition once, and that all parts are there
  // with the size they should have. Throws: Damaged.
  [[nodiscard]] Manifest read_manifest(Epoch const& epoch) const;

  // Reads the slices of one partition out of a part: every field that has one, in the order of the file's table, each
  // Field with exactly one slice. Checks sizes and digests. Throws: Damaged.
  [[nodiscard]] std::vector<Field> read_partition(Epoch const& epoch, PartSummary const& part,
                                                  PartitionId partition) const;

  // Deletes all but the `keep` newest committed epochs (at least one stays) and all temporary directories; what
  // set_aside() put by only if there is a committed epoch. One rank, while no epoch is being written.
  // Does not throw: what cannot be deleted stays.
  void retain(int keep) const noexcept;

  // Renames every committed epoch to old-…, so that a fresh start does not meet them: a new job begins here, and what
  // was there stays until the new job has a checkpoint (retain() deletes it then). Returns how many.
  // Throws: WriteFailed.
  int set_aside() const;

  // The same for the committed epochs newer than `superstep`: a job that passed over damaged ones goes on from there,
  // and retain() would otherwise take them for newer than what the job writes next. Returns how many. Throws:
  // WriteFailed. Example: epochs 2, 4 (damaged), 6 (damaged); set_aside_after(2) leaves 2, old-…4 and old-…6.
  int set_aside_after(std::int64_t superstep) const;

 private:
  std::filesystem::path path_;
};

}  // namespace pel::store
