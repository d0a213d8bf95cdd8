#include <fmt/core.h>

#include <cstdio>
#include <system_error>

#include "launch/run_directory.hpp"
#include "launch/verbs.hpp"
#include "pel/error.hpp"
#include "store/checkpoint.hpp"
#include "store/lease.hpp"

namespace pel::launch {
namespace {

namespace fs = std::filesystem;

constexpr int done = static_cast<int>(ExitCode::done);

// The checkpoints of a run, or the directory of checkpoints that is named itself.
store::CheckpointDirectory checkpoints_of(std::string const& runs, std::string const& name) {
  std::error_code ignored;
  if (!name.empty() && fs::is_directory(name, ignored) && !fs::exists(fs::path(name) / "manifest.json", ignored) &&
      (!store::CheckpointDirectory(name).epochs().empty() || fs::exists(fs::path(name) / "lease", ignored)))
    return store::CheckpointDirectory(name);
  auto const run = find_run(runs, name);
  return store::CheckpointDirectory(checkpoint_directory(run, read_manifest(run)));
}

std::uintmax_t bytes_of(store::Epoch const& epoch) {
  std::uintmax_t bytes = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator it(epoch.directory, error), end; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    if (it->is_regular_file(ignored)) bytes += it->file_size(ignored);
  }
  return bytes;
}

std::string show_bytes(std::uintmax_t bytes) {
  auto const mebibytes = static_cast<double>(bytes) / (1 << 20);
  return mebibytes < 1024 ? fmt::format("{:.1f} MiB", mebibytes) : fmt::format("{:.1f} GiB", mebibytes / 1024);
}

// Lists all epochs, after reading back every byte that counts if `thorough`. Returns how many are damaged.
int list(store::CheckpointDirectory const& checkpoints, bool thorough) {
  int damaged = 0;
  auto const epochs = checkpoints.epochs();
  if (epochs.empty()) fmt::print("no checkpoints in {}\n", checkpoints.path().string());
  for (auto const& epoch : epochs) {
    std::string state = thorough ? "good" : "";
    std::size_t parts = 0;
    try {
      auto const manifest = checkpoints.read_manifest(epoch);
      parts = manifest.parts.size();
      if (thorough) checkpoints.verify(epoch);
    } catch (store::Damaged const& error) {
      ++damaged;
      state = fmt::format("DAMAGED: {}", error.what());
    }
    fmt::print("superstep {:<10} {:>12}  {:>5} parts  {}\n", epoch.superstep, show_bytes(bytes_of(epoch)), parts,
               state);
  }
  return damaged;
}

int prune(store::CheckpointDirectory const& checkpoints, int keep) {
  auto const before = checkpoints.epochs().size();
  auto const lease = store::Lease::claim(checkpoints.path(), "pel ckpt prune");  // not under a running job
  checkpoints.retain(keep);
  auto const after = checkpoints.epochs().size();
  fmt::print("{} of {} checkpoints deleted\n", before - after, before);
  return done;
}

}  // namespace

int verb_ckpt(Tokens const& tokens) {
  VerbOptions options("ckpt ls|verify|prune",
                      "Lists checkpoints, reads them back and checks all sums, or deletes old ones.", tokens);
  auto const runs = options.take(runs_option);
  auto const keep = options.take({.name = "keep", .value = "K", .fallback = "2", .help = "prune: how many stay"});
  auto const verb = options.take({.name = "verb", .value = "VERB", .help = "ls, verify or prune", .positional = true});
  auto const name = options.take({.name = "of",
                                  .value = "RUN",
                                  .help = "a run, or a directory of checkpoints; without "
                                          "it the newest run",
                                  .positional = true});
  if (options.answered()) return done;
  if (verb.empty()) throw UsageError("pel ckpt", "ls, verify or prune is missing");
  auto const action = base::to_choice("verb", verb, {"ls", "verify", "prune"});
  auto const checkpoints = checkpoints_of(runs, name);
  if (action == "prune") return prune(checkpoints, static_cast<int>(base::to_integer("keep", keep, 1, 1 << 20)));
  return list(checkpoints, action == "verify") > 0 ? static_cast<int>(ExitCode::bad_data) : done;
}

}  // namespace pel::launch
