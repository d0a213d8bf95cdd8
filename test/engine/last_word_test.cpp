#include "engine/last_word.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <optional>
#include <thread>

using pel::engine::LastWord;

namespace {

// How a child ends that waits longer than the patience; it gets out of the wait in time, or not.
int ending(bool in_time) {
  auto const child = fork();
  if (child == 0) {
    std::optional<LastWord> word;
    word.emplace("a word", 71);
    if (in_time) word.reset();
    std::this_thread::sleep_for(LastWord::patience + std::chrono::seconds(2));
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("a process that waits for ever ends with its last word's code") { CHECK(ending(false) == 71); }

TEST_CASE("a process that gets on in time has no last word") { CHECK(ending(true) == 0); }

TEST_CASE("a process that has said what it had to say ends without more words") {
  int pipe[2];
  REQUIRE(::pipe(pipe) == 0);
  auto const child = fork();
  if (child == 0) {
    dup2(pipe[1], STDERR_FILENO);
    LastWord const word(74);
    std::this_thread::sleep_for(LastWord::patience + std::chrono::seconds(2));
    _exit(0);
  }
  close(pipe[1]);
  int status = 0;
  waitpid(child, &status, 0);
  char said = 0;
  CHECK(read(pipe[0], &said, 1) == 0);
  close(pipe[0]);
  CHECK(WEXITSTATUS(status) == 74);
}
