#include "store/replace_file.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <thread>

#include "pel/error.hpp"
#include "support/serial_test.hpp"

namespace fs = std::filesystem;
using pel::store::read_small_file;
using pel::store::replace_file;

namespace {

std::string text_of(fs::path const& path) {
  std::string text;
  return read_small_file(path, text) ? text : "cannot be read";
}

std::ptrdiff_t files_in(fs::path const& directory) {
  return std::distance(fs::directory_iterator(directory), fs::directory_iterator());
}

}  // namespace

TEST_CASE("a file is made, with its directory, and replaced") {
  auto const directory = pel::test::scratch() / "made";
  for (bool const durable : {false, true}) {
    replace_file(directory / "sub" / "file", "first", durable);
    CHECK(text_of(directory / "sub" / "file") == "first");
    replace_file(directory / "sub" / "file", "", durable);
    CHECK(text_of(directory / "sub" / "file").empty());
  }
  CHECK(files_in(directory / "sub") == 1);
}

TEST_CASE("what cannot be written leaves what was there, and nothing else") {
  auto const directory = pel::test::scratch() / "left";
  fs::create_directories(directory / "file" / "in the way");

  CHECK_THROWS_AS(replace_file(directory / "file", "text", true), pel::WriteFailed);
  CHECK(files_in(directory) == 1);
  CHECK(fs::exists(directory / "file" / "in the way"));
}

TEST_CASE("what is not there cannot be read") {
  std::string text = "before";
  CHECK_FALSE(read_small_file(pel::test::scratch() / "missing", text));
  CHECK(text.empty());
  CHECK_FALSE(read_small_file(pel::test::scratch(), text));
}

TEST_CASE("a reader never sees a part of a file") {
  auto const path = pel::test::scratch() / "whole";
  std::string const first(100'000, 'a'), second(50'000, 'b');
  replace_file(path, first, false);
  std::atomic<bool> ending{false};
  std::thread writer([&] {
    while (!ending) {
      replace_file(path, second, false);
      replace_file(path, first, false);
    }
  });

  int torn = 0;
  for (int i = 0; i < 500; ++i) {
    auto const text = text_of(path);
    if (text != first && text != second) ++torn;
  }
  ending = true;
  writer.join();

  CHECK(torn == 0);
}
