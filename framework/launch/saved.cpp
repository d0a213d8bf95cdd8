#include "launch/saved.hpp"

#include <algorithm>
#include <system_error>

#include "pel/error.hpp"
#include "store/checkpoint.hpp"

namespace pel::launch {
namespace {

namespace fs = std::filesystem;

// Of a directory that cannot be listed nothing is known: the job itself will say so.
std::vector<store::Epoch> epochs_in(fs::path const& directory) try {
  return store::CheckpointDirectory(directory).epochs();
} catch (WriteFailed const&) {
  return {};
}

// When an epoch got its last file; epochs of one directory have one file server's clock.
fs::file_time_type committed_at(store::Epoch const& epoch) {
  std::error_code error;
  auto const time = fs::last_write_time(epoch.directory, error);
  return error ? fs::file_time_type::min() : time;
}

}  // namespace

std::int64_t Saved::superstep() const {
  auto const found = newest.find(last);
  return found == newest.end() ? -1 : found->second;
}

bool Saved::beyond(Saved const& before) const {
  return std::any_of(newest.begin(), newest.end(), [&](auto const& now) {
    auto const then = before.newest.find(now.first);
    return then == before.newest.end() || now.second > then->second;
  });
}

std::string in_words(Saved const& saved) {
  if (!saved.any()) return "no checkpoint";
  return "checkpoint " + std::to_string(saved.superstep()) + (saved.last.empty() ? "" : " of run " + saved.last);
}

std::vector<fs::path> homes_in(fs::path const& checkpoints) {
  std::vector<fs::path> homes;
  std::error_code error, ignored;
  for (fs::directory_iterator it(checkpoints, error), end; !error && it != end; it.increment(error))
    if (it->is_directory(ignored) && !epochs_in(it->path()).empty()) homes.push_back(it->path());
  std::sort(homes.begin(), homes.end());
  if (homes.empty() || !epochs_in(checkpoints).empty()) homes.insert(homes.begin(), checkpoints);
  return homes;
}

Saved saved_in(fs::path const& checkpoints) {
  Saved saved;
  auto last_at = fs::file_time_type::min();
  for (auto const& home : homes_in(checkpoints)) {
    auto const epochs = epochs_in(home);
    if (epochs.empty()) continue;
    auto const run = home == checkpoints ? std::string() : home.filename().string();
    auto const at = committed_at(epochs.front());
    if (saved.newest.empty() || at > last_at) {
      saved.last = run;
      last_at = at;
    }
    saved.newest[run] = epochs.front().superstep;
  }
  return saved;
}

}  // namespace pel::launch
