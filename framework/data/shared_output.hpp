// One file that all partitions write: complete under its name, or not there at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/function_ref.hpp"
#include "data/flow.hpp"

namespace pel::store {
class WritableFile;
}

namespace pel::data {

// Made on all ranks; lies under a temporary name until publish(). A failure on the way leaves nothing behind.
// Unless it is fsynced a file is whole after any failure of the job, but a power failure soon after its end may take
// it, and then the job is run again.
class SharedOutput {
 public:
  // Creates the file with its size, or as `create` does on rank 0, under its temporary name. Collective: all ranks.
  // Throws: on all of them: WriteFailed.
  SharedOutput(Flow& flow, std::string path, std::uint64_t bytes);
  SharedOutput(Flow& flow, std::string path, base::FunctionRef<void()> create);
  ~SharedOutput();
  SharedOutput(SharedOutput const&) = delete;
  SharedOutput& operator=(SharedOutput const&) = delete;

  // From any thread of any rank. Throws: WriteFailed.
  void write_at(std::uint64_t offset, std::span<std::byte const> bytes);
  // Fsyncs what this rank has written. Throws: WriteFailed.
  void sync();
  // Gives the file its name. Collective: all ranks, when all have written. Throws: WriteFailed.
  void publish();

 private:
  void drop() noexcept;  // closes it, and removes it where it has no name yet

  Flow& flow_;
  std::string path_;
  std::unique_ptr<store::WritableFile> file_;  // under its temporary name
  bool published_ = false;
};

}  // namespace pel::data
