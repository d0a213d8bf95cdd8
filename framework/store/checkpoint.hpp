// Checkpoints on disk: an epoch is the state after one superstep, a directory that appears by one rename and holds one
// HDF5 file a rank. The layout is in FORMAT.md. This layer knows files and HDF5, no MPI: who calls what when, on which
// rank, and that all agree, is the engine's business.
// May include base; never comm, never MPI.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "store/field.hpp"
#include "store/part_index.hpp"

namespace pel::store {

// A file of a checkpoint that is not what it should be (cut short, changed), or cannot be read.
// The engine then passes to the next older epoch. `kind` is a word for the name under which the epoch is kept, `code`
// the errno of the call that failed, if one did.
class Damaged : public std::runtime_error {
 public:
  static constexpr char const* unreadable = "unreadable";  // it may be well another time, or elsewhere
  static constexpr char const* missing = "missing";        // a host that has not got the disk finds so, too
  Damaged(std::filesystem::path path_, std::string reason_, std::string kind_ = "digest", int code_ = 0)
      : std::runtime_error(path_.string() + ": " + reason_),
        path(std::move(path_)),
        reason(std::move(reason_)),
        kind(std::move(kind_)),
        code(code_) {}
  std::filesystem::path path;
  std::string reason, kind;
  int code;
};

// What makes a job the same job: (field, value) in a fixed order, e.g. {"app", "pagerank"}, {"kernel", …},
// {"schema", …}, {"partitions", "64"}, {"parameters", …}, {"input", digest}, {"seed", "1"}.
using Identity = std::vector<std::pair<std::string, std::string>>;

// Where a table of contents lies in its part.
struct TablePlace {
  std::uint64_t offset = 0, bytes = 0, row_bytes = 1;
};

// A file that a part shares with parts of older epochs.
struct LinkedFile {
  std::string file;
  std::uint64_t bytes = 0;
};

// One rank's file within an epoch. `digest`: XXH3-128, in hexadecimal, over the first metadata_bytes and the tables,
// which hold the checksums of all blocks.
struct PartSummary {
  std::string file;
  std::uint64_t bytes = 0;
  std::string digest;
  std::vector<PartitionId> partitions;
  std::uint64_t metadata_bytes = 0;
  std::array<TablePlace, tables> table_places{};
  std::vector<LinkedFile> links;
};

// What a field was after each of some supersteps, one row of `info` after the other.
struct FieldHistory {
  FieldInfo info;
  std::uint64_t rows = 0;
  std::vector<std::byte> bytes;
};

// The table of contents of an epoch.
struct Manifest {
  Identity identity;
  std::int64_t superstep = 0;
  std::uint32_t partitions = 0;
  std::string app;
  std::vector<PartSummary> parts;
  std::string build = {};                  // of PEL and of the app that wrote it; no part of the identity
  std::string parameters = "{}";           // as JSON, for people: not read back
  std::vector<FieldHistory> history = {};  // for the index: not read back
};

struct Epoch {
  std::int64_t superstep = 0;
  std::filesystem::path directory;
};

// The directory in which a job's checkpoints live. Several processes may write into one epoch; what is said to be for
// one rank is for one at a time.
class CheckpointDirectory {
 public:
  // `incarnation`: of the launch that writes (store/lease.hpp); 0 for one that only reads.
  explicit CheckpointDirectory(std::filesystem::path path, int incarnation = 0);
  [[nodiscard]] std::filesystem::path const& path() const noexcept { return path_; }

  // Makes the temporary directory of an epoch, where all ranks write their parts; one that is there is fine.
  // Returns it. Throws: WriteFailed.
  std::filesystem::path begin(std::int64_t superstep) const;

  // Writes index.h5 and the manifest, fsyncs them and the directory, and makes the epoch appear by one rename, then
  // fsyncs that. An epoch of that superstep that is there already and whole stays, and this one goes; one that is not
  // is kept as bad-…. `reached` is called with "index", "manifest", "dir_synced", "before_rename", "renamed",
  // "committed". One rank, when all parts are written. `may_commit` is asked just before anything gets or loses the
  // name of an epoch, and throws if another launch owns the directory. Throws: WriteFailed; InternalError where
  // partitions are missing; what the two functions throw. Returns whether the epoch that stands is the one just
  // written.
  bool commit(Manifest const& manifest, std::function<void(char const*)> const& reached,
              std::function<void()> const& may_commit) const;

  // Removes the temporary directory of an epoch that will not be committed. One rank. Does not throw.
  void abandon(std::int64_t superstep) const noexcept;

  // All committed epochs, newest first. Throws: WriteFailed if the directory is there and cannot be listed.
  [[nodiscard]] std::vector<Epoch> epochs() const;
  [[nodiscard]] std::filesystem::path committed(std::int64_t superstep) const;  // where an epoch is, or would be

  // The table of contents, after checking its digest, that it holds each partition once, and that all parts are there
  // with the size they should have. Throws: Damaged; ConfigError if another version of PEL wrote it.
  [[nodiscard]] Manifest read_manifest(Epoch const& epoch) const;

  // The same without a look at the parts: for a rank that will open those it needs. Throws: Damaged.
  [[nodiscard]] Manifest parse_manifest(Epoch const& epoch) const;

  // Reads every byte that counts and compares checksums. Throws: Damaged.
  void verify(Epoch const& epoch) const;
  // Of all files of an epoch, each counted in full though links share them.
  [[nodiscard]] std::uint64_t bytes(Epoch const& epoch) const;

  // Renames an epoch that failed verification to bad-…-KIND, for its owner to look at. One rank. Does not throw.
  void keep_as_bad(Epoch const& epoch, std::string const& kind) const noexcept;

  // Deletes all but the `keep` newest committed epochs (at least one stays), what launches before this one have left
  // unfinished, and once there is a committed epoch what set_aside() put by; bad ones once `keep` newer epochs stand.
  // What is pinned stays, and counts for none of the `keep`. One rank. Does not throw: what cannot be deleted stays.
  // `may_delete` is asked before each deletion, and throws if another launch owns the directory: then no more is
  // deleted.
  void retain(int keep, std::function<void()> const& may_delete) const noexcept;
  // Of that all but committed epochs: for a launch that finds what another has left, and none of whose own stands yet.
  void remove_leftovers(int keep, std::function<void()> const& may_delete) const noexcept;

  // For a full disk: reads epochs back, newest first, until one is whole, and then deletes all older ones and what
  // retain() would; newer ones, which are damaged, become bad-…. Nothing is deleted where none is whole, or the names
  // of epochs cannot be made durable. What is pinned stays. Returns whether an epoch was deleted. One rank. Does not
  // throw; `may_delete` as for retain(), asked before an epoch becomes bad-…, too.
  bool make_space(std::function<void()> const& may_delete) const noexcept;

  // A file PIN in an epoch's directory: whoever makes it keeps the epoch from being deleted, by whatever name it goes.
  static constexpr char const* pin_name = "PIN";
  // Throws: WriteFailed.
  static void pin(Epoch const& epoch);
  static void unpin(Epoch const& epoch);
  [[nodiscard]] static bool is_pinned(Epoch const& epoch);

  // Renames every committed epoch to old-…, so that a fresh start does not meet them: a new job begins here, and what
  // was there stays until the new job has a checkpoint (retain() deletes it then). Returns how many.
  // Throws: WriteFailed.
  int set_aside() const;

  // The same for the committed epochs newer than `superstep`: a job that passed over damaged ones goes on from there,
  // and retain() would otherwise take them for newer than what the job writes next. Returns how many. Throws:
  // WriteFailed. Example: epochs 2, 4 (damaged), 6 (damaged); set_aside_after(2) leaves 2, old-…4 and old-…6.
  int set_aside_after(std::int64_t superstep) const;

 private:
  [[nodiscard]] std::filesystem::path temporary(std::int64_t superstep) const;
  [[nodiscard]] bool appears(std::int64_t superstep) const;
  [[nodiscard]] bool stands_already(Manifest const& manifest) const;

  std::filesystem::path path_;
  int incarnation_;
};

}  // namespace pel::store
