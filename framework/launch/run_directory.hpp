// The directory of one run: its files, what it remembers of how it was started, and how runs are found again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "launch/hosts.hpp"

namespace pel::launch {

// The paths inside.
struct RunDirectory {
  std::filesystem::path path;  // absolute
  [[nodiscard]] std::string name() const { return path.filename().string(); }
  [[nodiscard]] std::filesystem::path manifest() const { return path / "manifest.json"; }
  [[nodiscard]] std::filesystem::path status() const { return path / "status.json"; }
  [[nodiscard]] std::filesystem::path heartbeat() const { return path / "heartbeat"; }
  [[nodiscard]] std::filesystem::path halt() const { return path / "halt"; }
  [[nodiscard]] std::filesystem::path events() const { return path / "events.jsonl"; }
  [[nodiscard]] std::filesystem::path config() const { return path / "config.toml"; }
  [[nodiscard]] std::filesystem::path banners() const { return path / "log" / "mpirun.txt"; }
};

// manifest.json: what `pel resume` needs to start the job again.
struct RunManifest {
  std::string id{}, app{};
  std::filesystem::path program{};       // absolute
  std::vector<std::string> arguments{};  // of the app, without --run-dir and --resume
  std::filesystem::path directory{};     // where the job was started: paths in its arguments are meant from there
  std::filesystem::path checkpoints{};   // absolute, or within the run directory
  int ranks = 1;
  std::uint32_t partitions = 0;  // 0: not known
  std::vector<Host> hosts{};     // empty: this machine
  std::string launcher{};        // mpirun, srun
  std::string slurm_job{};
  std::string created{}, ended{};  // UTC
  std::string state = "new";       // running, done, stopped, failed
  int exit_code = 0;
  double stall_seconds = 300;
  double silent_seconds = -1;    // -1: as the file system of the run directory wants
  double walltime_seconds = -1;  // -1: no limit
  int attempts = 3;
  int starts = 0;             // launches so far
  int failures = 0;           // of them, that died
  double uptime_seconds = 0;  // of all launches
};

// "20261120-150301-pagerank-7f3a": the UTC time, the app, and four random hexadecimal digits.
[[nodiscard]] std::string new_run_id(std::string const& app);

// "2026-11-20T15:03:01Z"
[[nodiscard]] std::string utc_now();
// "2026-11-20T15:03:01.250Z", for events
[[nodiscard]] std::string utc_now_precisely();

// Makes runs/ID with its log folder, and turns runs/latest to it. Throws: WriteFailed.
[[nodiscard]] RunDirectory make_run(std::filesystem::path const& runs, std::string const& id);

// The same for a directory that someone has named; it may exist. Throws: WriteFailed.
[[nodiscard]] RunDirectory make_run_at(std::filesystem::path const& path);

// The run that someone means: a path, a name within `runs`, or, if empty, runs/latest. Throws: MissingInput.
[[nodiscard]] RunDirectory find_run(std::filesystem::path const& runs, std::string const& name);

// All runs of a folder, oldest first.
[[nodiscard]] std::vector<RunDirectory> all_runs(std::filesystem::path const& runs);

// As JSON.
[[nodiscard]] std::string to_text(RunManifest const& manifest);
// Replaces the manifest by a rename. Throws: WriteFailed.
void write_manifest(RunDirectory const& run, RunManifest const& manifest);
// Throws: MissingInput, BadData.
[[nodiscard]] RunManifest read_manifest(RunDirectory const& run);

// Writes a whole file by a temporary one and a rename, durably. Throws: WriteFailed.
void replace_file(std::filesystem::path const& path, std::string_view text);

// Adds a line to a file. Throws: WriteFailed.
void append_line(std::filesystem::path const& path, std::string const& line);

// A path as someone in this directory would write it: relative if it lies below.
[[nodiscard]] std::string path_from_here(std::filesystem::path const& path);

// The directory of the run's checkpoints, absolute.
[[nodiscard]] std::filesystem::path checkpoint_directory(RunDirectory const& run, RunManifest const& manifest);

}  // namespace pel::launch
