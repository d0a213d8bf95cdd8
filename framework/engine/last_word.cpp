#include "engine/last_word.hpp"

#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

namespace pel::engine {
namespace {

void end_after(std::stop_token const& gone, std::chrono::seconds patience, std::string const& words, int code) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  changed.wait_for(lock, gone, patience, [] { return false; });
  if (gone.stop_requested()) return;
  static_cast<void>(!::write(STDERR_FILENO, words.data(), words.size()));
  ::_exit(code);
}

}  // namespace

LastWord::LastWord(std::string words, int code, std::chrono::seconds after)
    : thread_(end_after, after, "error: " + std::move(words) + "\n", code) {}

LastWord::LastWord(int code) : thread_(end_after, patience, "", code) {}

}  // namespace pel::engine
