// What a supervised run keeps of itself on disk: its manifest and its events.
#pragma once

#include <memory>
#include <string>

#include "launch/run_directory.hpp"
#include "store/reserved_file.hpp"

namespace pel::launch {

// The space of the manifest is taken with the first one. From then on what cannot be written is a warning, told once:
// a disk that fills up decides neither whether a job goes on nor what it ends with.
class RunRecord {
 public:
  explicit RunRecord(RunDirectory run);

  // Throws: WriteFailed, the first time only.
  void keep(RunManifest const& manifest);

  // Adds a line, a JSON object, to events.jsonl.
  void add_event(std::string const& line);

 private:
  void warn(std::string const& what);

  RunDirectory run_;
  std::unique_ptr<store::ReservedFile> manifest_;
  bool warned_ = false;
};

}  // namespace pel::launch
