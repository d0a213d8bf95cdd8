#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <limits>
#include <map>
#include <string>
#include <system_error>
#include <vector>

#include "launch/run_directory.hpp"
#include "launch/saved.hpp"
#include "launch/verbs.hpp"
#include "pel/error.hpp"
#include "store/checkpoint.hpp"
#include "store/epoch_index.hpp"
#include "store/epoch_names.hpp"
#include "store/lease.hpp"

namespace pel::launch {
namespace {

namespace fs = std::filesystem;

constexpr int done = static_cast<int>(ExitCode::done);
constexpr int most_lists = 3;  // of a job that lets epochs go faster than they can be read

// The directory of the checkpoints of a run, or the one that is named itself.
fs::path checkpoints_of(std::string const& runs, std::string const& name) {
  std::error_code ignored;
  bool const is_directory = !name.empty() && fs::is_directory(name, ignored);
  bool const is_run = is_directory && fs::exists(fs::path(name) / "manifest.json", ignored);
  if (is_directory && !is_run && (saved_in(name).any() || fs::exists(fs::path(name) / "lease", ignored))) return name;
  auto const run = find_run(runs, name);
  return checkpoint_directory(run, read_manifest(run));
}

std::string show_bytes(std::uint64_t bytes) {
  auto const mebibytes = static_cast<double>(bytes) / (1 << 20);
  return mebibytes < 1024 ? fmt::format("{:.1f} MiB", mebibytes) : fmt::format("{:.1f} GiB", mebibytes / 1024);
}

struct Listed {
  std::size_t epochs = 0, damaged = 0, gone = 0;
};

// One that a running job has let go, renamed or deleted, since the list was made: that is no damage.
bool is_gone(store::Epoch const& epoch) {
  std::error_code ignored;
  return !fs::exists(epoch.directory, ignored);
}

void print_line(std::int64_t superstep, std::uint64_t bytes, std::string const& parts, std::string const& state) {
  fmt::print("superstep {:<10} {:>12}  {:>11}  {}\n", superstep, show_bytes(bytes), parts, state);
}

// The word of a name such as bad-000000008-digest-2, for people.
std::string why_bad(std::string const& name) {
  static std::map<std::string, char const*> const reasons{{"size", "a file is too short or too long"},
                                                          {"digest", "bytes have changed"},
                                                          {"manifest", "its manifest is damaged"},
                                                          {"missing", "a file is missing"},
                                                          {store::Damaged::unreadable, "it could not be read"},
                                                          {"replaced", "it was damaged, and written anew"}};
  auto const word = name.substr(std::min(name.size(), name.find('-', std::strlen(store::epoch_names::bad)) + 1));
  auto const known = reasons.find(word.substr(0, word.find('-')));
  return known == reasons.end() ? "damaged" : known->second;
}

// A directory that is there, and that no restart uses.
struct Unused {
  store::Epoch epoch;
  std::string why;
};
// Newest first, as epochs are.
std::vector<Unused> unused_in(fs::path const& home) {
  namespace names = store::epoch_names;
  std::vector<Unused> found;
  for (auto const& path : store::directories_in(home)) {
    auto const name = path.filename().string();
    if (auto const bad = store::superstep_in(name, names::bad)) found.push_back({{*bad, path}, why_bad(name)});
    if (auto const old = store::superstep_in(name, names::old))
      found.push_back({{*old, path}, "put by at a restart, goes with the next checkpoint"});
  }
  std::sort(found.begin(), found.end(),
            [](Unused const& a, Unused const& b) { return a.epoch.superstep > b.epoch.superstep; });
  return found;
}

void list_unused(fs::path const& home) {
  for (auto const& [epoch, why] : unused_in(home))
    print_line(epoch.superstep, store::CheckpointDirectory(home).bytes(epoch), "",
               fmt::format("{}: not used: {}", epoch.directory.filename().string(), why));
}

// The directories of all runs of the job; to be listed also those without an epoch that any restart uses.
std::vector<fs::path> places_in(fs::path const& path, bool thorough) {
  auto places = homes_in(path);
  if (thorough) return places;
  for (auto const& run : store::directories_in(path))
    if (std::find(places.begin(), places.end(), run) == places.end() && !unused_in(run).empty()) places.push_back(run);
  return places;
}

// Lists the epochs of one run of the job, after reading back every byte that counts if `thorough`.
Listed list(store::CheckpointDirectory const& checkpoints, bool thorough) {
  Listed listed;
  for (auto const& epoch : checkpoints.epochs()) {
    std::string state = thorough ? "good" : "";
    std::string index_fault;
    std::size_t parts = 0;
    bool damaged = false;
    try {
      auto const manifest = checkpoints.read_manifest(epoch);
      parts = manifest.parts.size();
      if (thorough) checkpoints.verify(epoch);
      if (thorough) index_fault = store::epoch_index_fault(epoch.directory, manifest);
    } catch (store::Damaged const& error) {
      damaged = true;
      state = fmt::format("DAMAGED: {}", error.what());
    } catch (ConfigError const&) {
      state = "of another version of PEL";
    }
    if (is_gone(epoch)) {
      ++listed.gone;
      continue;
    }
    if (store::CheckpointDirectory::is_pinned(epoch)) state += state.empty() ? "pinned" : ", pinned";
    ++listed.epochs;
    if (damaged) ++listed.damaged;
    print_line(epoch.superstep, checkpoints.bytes(epoch), fmt::format("{} parts", parts), state);
    if (!index_fault.empty())
      fmt::print("  warning: {}: {}. It is for people; a restart does without\n",
                 (epoch.directory / store::epoch_index_name).string(), index_fault);
  }
  return listed;
}

// The epochs of all runs of the job. To verify nothing is no success.
int list_all(fs::path const& path, bool thorough) {
  Listed all;
  for (auto const& home : places_in(path, thorough)) {
    if (home != path) fmt::print("run {}\n", home.filename().string());
    auto listed = list(store::CheckpointDirectory(home), thorough);
    for (int again = 0; again < most_lists && listed.epochs == 0 && listed.gone > 0; ++again)
      listed = list(store::CheckpointDirectory(home), thorough);
    if (!thorough) list_unused(home);
    all.epochs += listed.epochs;
    all.damaged += listed.damaged;
  }
  if (all.epochs == 0) fmt::print("no checkpoints in {}\n", path.string());
  bool const bad = all.damaged > 0 || (thorough && all.epochs == 0);
  return bad ? static_cast<int>(ExitCode::bad_data) : done;
}

int prune(fs::path const& path, int keep) {
  auto const lease = store::Lease::claim(path, "pel ckpt prune");  // not under a running job
  auto const still_ours = [&] { store::Lease::require_newest(path, lease.incarnation()); };
  std::size_t before = 0, after = 0;
  for (auto const& home : homes_in(path)) {
    store::CheckpointDirectory const checkpoints(home, lease.incarnation());
    before += checkpoints.epochs().size();
    checkpoints.retain(keep, still_ours);
    after += checkpoints.epochs().size();
  }
  still_ours();  // else what was to go may still be there
  fmt::print("{} of {} checkpoints deleted\n", before - after, before);
  return done;
}

// Pins the epochs of a superstep, of whichever runs of the job, or takes their pins away; also under a running job.
int pin(fs::path const& path, std::string const& superstep, bool pinned) {
  if (superstep.empty()) throw UsageError("--superstep", "which checkpoint is to be pinned or unpinned?");
  auto const wanted = base::to_integer("superstep", superstep, 0, std::numeric_limits<std::int64_t>::max());
  bool found = false;
  for (auto const& home : homes_in(path))
    for (auto const& epoch : store::CheckpointDirectory(home).epochs()) {
      if (epoch.superstep != wanted) continue;
      pinned ? store::CheckpointDirectory::pin(epoch) : store::CheckpointDirectory::unpin(epoch);
      found = true;
    }
  if (!found) throw NoCheckpoint(path.string(), "none of superstep " + superstep);
  return done;
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
  if (action == "prune") return prune(checkpoints, static_cast<int>(base::to_integer("keep", keep, 1, 1 << 20)));
  return list_all(checkpoints, action == "verify");
}

}  // namespace pel::launch
