// A directory of parts that is being written: under its temporary name, and gone again unless it is published.
#pragma once

#include <filesystem>
#include <string>

#include "data/flow.hpp"
#include "pel/partition.hpp"

namespace pel::data {

// Made on all ranks. Whoever writes parts closes them before this goes.
class UnpublishedParts {
 public:
  // Collective: all ranks. Throws: on all of them: WriteFailed.
  UnpublishedParts(Flow& flow, std::string path);
  ~UnpublishedParts();
  UnpublishedParts(UnpublishedParts const&) = delete;
  UnpublishedParts& operator=(UnpublishedParts const&) = delete;

  // Where a partition's part is to be written.
  [[nodiscard]] std::filesystem::path part(Partition partition, std::string const& ending) const;
  // Fsyncs the names in it, on rank 0. Throws: WriteFailed.
  void sync();
  // Gives the directory its name. Collective: all ranks, when all parts are written. Throws: on all of them:
  // WriteFailed.
  void publish();

 private:
  Flow& flow_;
  std::string path_;
  bool published_ = false;
};

}  // namespace pel::data
