// Where the bytes of all partitions go that a job writes: a file, plain or packed, or a directory with a file a
// partition.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "data/flow.hpp"

namespace pel::data {

// Complete under its name, or not there at all: made on all ranks, it lies under a temporary name until publish(), and
// a failure on the way leaves nothing behind. It is not fsynced: it is whole after any failure of the job, but a power
// failure soon after its end may take it, and then the job is run again.
//
// In one superstep each partition calls begin(), write() any number of times, and end(). Which bytes come of it depends
// on what is written and on the number of partitions alone.
class Output {
 public:
  virtual ~Output() = default;
  // In a superstep. Throw: WriteFailed.
  virtual void begin(Step& step) = 0;
  virtual void write(Step& step, std::span<std::byte const> bytes) = 0;
  virtual void end(Step& step) = 0;
  // Gives it its name. Collective: all ranks, after that superstep. Throws: on all of them: WriteFailed.
  virtual void publish() = 0;
};

// What is written to a path:
//   counts.txt      a file of what all partitions write
//   counts.txt.gz   the same packed, each partition's text as one gzip member; .zst: as one zstd frame
//   counts/         a directory with a file a partition, part-00000.txt, …, in place of parts that were there
//   counts.gz/      the same, each file packed; counts.zst/ too
struct OutputContent {
  std::string ending;                  // of parts, such as ".txt"
  std::string head;                    // a text before all else: at the beginning of the file, or of each part
  std::vector<std::uint64_t> offsets;  // by partition, without the head, and the size of all
};

// The directory that holds what is written to a path; and the first of such directories that is there, or none: one
// that is missing is for who opens the file to refuse.
[[nodiscard]] std::string directory_of(std::string const& path);
[[nodiscard]] std::string existing_directory_of(std::vector<std::string> const& paths);

// Throws: UsageError for a name that asks for HDF5, or for what cannot be. Only write() writes HDF5.
void must_not_be_hdf5(std::string const& path);

// Makes it. Requires: `content` lives as long as the output. Collective: all ranks. Throws: on all of them:
// WriteFailed, also where a directory is in the way that holds anything but parts; UsageError for a name that asks for
// HDF5, or for what cannot be.
[[nodiscard]] std::unique_ptr<Output> make_output(Flow& flow, std::string const& path, OutputContent const& content);

}  // namespace pel::data
