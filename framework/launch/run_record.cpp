#include "launch/run_record.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

#include "pel/error.hpp"

namespace pel::launch {
namespace {

constexpr std::size_t growth = 1024;  // of a manifest in the course of a run: an end, a few digits

}  // namespace

RunRecord::RunRecord(RunDirectory run) : run_(std::move(run)) {}

void RunRecord::warn(std::string const& what) {
  if (!std::exchange(warned_, true)) fmt::print(stderr, "pel: warning: the run's own files: {}\n", what);
}

void RunRecord::keep(RunManifest const& manifest) {
  auto const text = to_text(manifest);
  if (!manifest_) {
    manifest_ = std::make_unique<store::ReservedFile>(run_.manifest(), std::to_string(getpid()), text.size() + growth);
    manifest_->replace(text, true);
    return;
  }
  try {
    manifest_->replace(text, true);
  } catch (WriteFailed const& error) {
    warn(error.what());
  }
}

void RunRecord::add_event(std::string const& line) {
  try {
    append_line(run_.events(), line);
  } catch (WriteFailed const& error) {
    warn(error.what());
  }
}

}  // namespace pel::launch
