// What has become of a run: RUN_DIR/status.json, written by rank 0. An exit code alone proves nothing (a launcher of
// MPI programs may give any), so who relaunches believes only this.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace pel::store {

enum class RunState {
  running,
  done,
  stopped,  // on purpose, with a good checkpoint
  failed,
};

// In the file: {"incarnation":3,"state":"stopped","exit_code":75,"superstep":418,"doing":"","resumed_from":400,
// "checkpoint":418,"digest":"…","error":"…"}.
struct RunStatus {
  std::int64_t incarnation = 0;  // of the launch that wrote it
  RunState state = RunState::running;
  int exit_code = 0;               // means nothing while running
  std::int64_t superstep = -1;     // the last that was finished; -1: none
  std::string doing;               // what the one after it does, such as a verb; empty: nobody says
  std::int64_t resumed_from = -1;  // -1: from the start
  std::int64_t checkpoint = -1;    // superstep of the newest committed epoch; -1: none
  std::string digest;              // of the result
  std::string error;               // what() of the failure

  [[nodiscard]] bool operator==(RunStatus const&) const = default;
};

// What the file says.
[[nodiscard]] std::string to_text(RunStatus const& status);

// Replaces the file by one rename. `durable`: fsynced, for an outcome. Throws: WriteFailed.
void write_run_status(std::filesystem::path const& path, RunStatus const& status, bool durable);

// None if there is no such file or it is not what it should be.
[[nodiscard]] std::optional<RunStatus> read_run_status(std::filesystem::path const& path);

}  // namespace pel::store
