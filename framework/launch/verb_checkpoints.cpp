#include <fmt/core.h>

#include <cstdint>
#include <cstdio>
#include <limits>
#include <string>
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

std::string show_bytes(std::uint64_t bytes) {
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
      parts = checkpoints.read_manifest(epoch).parts.size();
      if (thorough) checkpoints.verify(epoch);
    } catch (store::Damaged const& error) {
      ++damaged;
      state = fmt::format("DAMAGED: {}", error.what());
    } catch (ConfigError const&) {
      state = "of another version of PEL";
    }
    if (store::CheckpointDirectory::is_pinned(epoch)) state += state.empty() ? "pinned" : ", pinned";
    fmt::print("superstep {:<10} {:>12}  {:>5} parts  {}\n", epoch.superstep, show_bytes(checkpoints.bytes(epoch)),
               parts, state);
  }
  return damaged;
}

int prune(std::filesystem::path const& path, int keep) {
  auto const lease = store::Lease::claim(path, "pel ckpt prune");  // not under a running job
  store::CheckpointDirectory const checkpoints(path, lease.incarnation());
  auto const before = checkpoints.epochs().size();
  checkpoints.retain(keep);
  fmt::print("{} of {} checkpoints deleted\n", before - checkpoints.epochs().size(), before);
  return done;
}

// Pins an epoch, which may be done under a running job, or takes its pin away.
int pin(store::CheckpointDirectory const& checkpoints, std::string const& superstep, bool pinned) {
  if (superstep.empty()) throw UsageError("--superstep", "which checkpoint is to be pinned or unpinned?");
  auto const wanted = base::to_integer("superstep", superstep, 0, std::numeric_limits<std::int64_t>::max());
  for (auto const& epoch : checkpoints.epochs()) {
    if (epoch.superstep != wanted) continue;
    pinned ? store::CheckpointDirectory::pin(epoch) : store::CheckpointDirectory::unpin(epoch);
    return done;
  }
  throw NoCheckpoint(checkpoints.path().string(), "none of superstep " + superstep);
}

}  // namespace

int verb_ckpt(Tokens const& tokens) {
  VerbOptions options(
      "ckpt ls|verify|prune|pin|unpin",
      "Lists checkpoints, reads them back and checks all sums, deletes old ones, or keeps one for good.", tokens);
  auto const runs = options.take(runs_option);
  auto const keep = options.take({.name = "keep", .value = "K", .fallback = "2", .help = "prune: how many stay"});
  auto const superstep =
      options.take({.name = "superstep", .value = "S", .fallback = "", .help = "pin, unpin: which checkpoint"});
  auto const verb =
      options.take({.name = "verb", .value = "VERB", .help = "ls, verify, prune, pin or unpin", .positional = true});
  auto const name = options.take({.name = "of",
                                  .value = "RUN",
                                  .help = "a run, or a directory of checkpoints; without "
                                          "it the newest run",
                                  .positional = true});
  if (options.answered()) return done;
  if (verb.empty()) throw UsageError("pel ckpt", "ls, verify, prune, pin or unpin is missing");
  auto const action = base::to_choice("verb", verb, {"ls", "verify", "prune", "pin", "unpin"});
  auto const checkpoints = checkpoints_of(runs, name);
  if (action == "pin" || action == "unpin") return pin(checkpoints, superstep, action == "pin");
  if (action == "prune") return prune(checkpoints.path(), static_cast<int>(base::to_integer("keep", keep, 1, 1 << 20)));
  return list(checkpoints, action == "verify") > 0 ? static_cast<int>(ExitCode::bad_data) : done;
}

}  // namespace pel::launch
