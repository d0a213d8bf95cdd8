#include "base/log.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

#include "support/serial_test.hpp"

using pel::base::Log;
using pel::base::LogLevel;

namespace {

// What is written to stderr while `work` runs.
template <class Work>
std::string said_by(Work const& work) {
  auto const path = pel::test::scratch() / "stderr";
  std::fflush(stderr);
  int const before = dup(STDERR_FILENO);
  int const file = open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
  dup2(file, STDERR_FILENO);
  work();
  std::fflush(stderr);
  dup2(before, STDERR_FILENO);
  close(file);
  close(before);
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// Which of the three kinds of line a log of this level says.
std::string kinds_said(LogLevel level) {
  auto const text = said_by([&] {
    Log const log("app", level);
    log.warn("first");
    log.info("second");
    log.debug("third");
  });
  std::string kinds;
  if (text.find(" app warning: first\n") != std::string::npos) kinds += 'w';
  if (text.find(" app second\n") != std::string::npos) kinds += 'i';
  if (text.find(" app third\n") != std::string::npos) kinds += 'd';
  if (text.empty()) kinds += '-';
  return kinds;
}

}  // namespace

TEST_CASE("a log says what its level allows and nothing else") {
  CHECK(kinds_said(LogLevel::silent) == "-");
  CHECK(kinds_said(LogLevel::warnings) == "w");
  CHECK(kinds_said(LogLevel::info) == "wi");
  CHECK(kinds_said(LogLevel::debug) == "wid");
}

TEST_CASE("a log is silent unless told") {
  CHECK(Log().level() == LogLevel::silent);
  CHECK(said_by([] { Log().warn("text"); }).empty());
}

TEST_CASE("the level of a log can change, of that handle alone") {
  Log log("app", LogLevel::silent);
  Log const copy = log;

  log.set_level(LogLevel::info);

  CHECK(log.level() == LogLevel::info);
  CHECK(copy.level() == LogLevel::silent);
  CHECK(said_by([&] { log.info("text"); }).find(" app text\n") != std::string::npos);
  CHECK(said_by([&] { copy.info("text"); }).empty());
}

TEST_CASE("a text with braces is said as it is") {
  CHECK(said_by([] { Log("app", LogLevel::info).info("{} {x}"); }).find("app {} {x}\n") != std::string::npos);
}
