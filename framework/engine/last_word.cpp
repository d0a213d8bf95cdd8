#include "engine/last_word.hpp"

#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

namespace pel::engine {

LastWord::LastWord(std::string words, int code)
    : thread_([words = "error: " + std::move(words) + "\n", code](std::stop_token const& gone) {
        std::mutex mutex;
        std::condition_variable_any changed;
        std::unique_lock lock(mutex);
        changed.wait_for(lock, gone, patience, [] { return false; });
        if (gone.stop_requested()) return;
        static_cast<void>(!::write(STDERR_FILENO, words.data(), words.size()));
        ::_exit(code);
      }) {}

}  // namespace pel::engine
