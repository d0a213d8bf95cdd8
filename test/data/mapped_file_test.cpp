#include "data/mapped_file.hpp"

#include <doctest/doctest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "data/file.hpp"
#include "pel/error.hpp"
#include "temporary_directory.hpp"

using pel::data::File;
using pel::data::MappedFile;
using pel::test::TemporaryDirectory;

namespace {

constexpr std::size_t size = 200'000;

bool all_are(std::span<std::byte const> bytes, char wanted) {
  for (auto const byte : bytes)
    if (byte != static_cast<std::byte>(wanted)) return false;
  return true;
}

}  // namespace

TEST_CASE("a mapped file shows its bytes, also after the file is closed and deleted") {
  TemporaryDirectory const directory;
  auto const path = directory.write("f", std::string(size, 'x'));
  auto const mapped = MappedFile::of(File(path));
  REQUIRE(mapped);
  std::filesystem::remove(path);
  mapped->fetch(1, size - 1);
  CHECK(mapped->bytes().size() == size);
  CHECK(all_are(mapped->bytes(), 'x'));
  CHECK_NOTHROW(mapped->check());
}

TEST_CASE("what a file has lost reads as zeros, and is told with its offset") {
  TemporaryDirectory const directory;
  auto const path = directory.write("f", std::string(size, 'x'));
  auto const other = MappedFile::of(File(directory.write("g", std::string(size, 'y'))));
  auto const mapped = MappedFile::of(File(path));
  REQUIRE(mapped);
  REQUIRE(other);
  CHECK_NOTHROW(mapped->check());
  std::filesystem::resize_file(path, 8200);  // within a page
  CHECK(mapped->bytes()[65536] == std::byte{0});
  CHECK(all_are(mapped->bytes().first(8200), 'x'));
  CHECK(all_are(mapped->bytes().subspan(8200), 0));
  try {
    mapped->check();
    FAIL("nothing was told");
  } catch (pel::BadData const& error) {
    CHECK(error.file == path);
    CHECK(error.offset == 8200);
  }
  CHECK(all_are(other->bytes(), 'y'));
  CHECK_NOTHROW(other->check());
}

TEST_CASE("a place in the list is used again") {
  TemporaryDirectory const directory;
  auto const path = directory.write("f", std::string(size, 'x'));
  for (int i = 0; i < 2'000; ++i) REQUIRE(MappedFile::of(File(path)));
}

TEST_CASE("nothing is mapped of an empty file, nor beyond what the list holds") {
  TemporaryDirectory const directory;
  CHECK_FALSE(MappedFile::of(File(directory.write("empty", ""))));
  auto const path = directory.write("f", "x");
  std::vector<std::unique_ptr<MappedFile>> files;
  while (files.size() < 1'000) {
    files.push_back(MappedFile::of(File(path)));
    if (!files.back()) break;
  }
  CHECK(files.size() > 100);
  CHECK_FALSE(files.back());
}

TEST_CASE("the signal of memory that is not of a mapped file ends the process as before") {
  TemporaryDirectory const directory;
  auto const path = directory.write("f", std::string(size, 'x'));
  auto const mapped = MappedFile::of(File(path));
  REQUIRE(mapped);
  auto const child = ::fork();
  if (child == 0) {
    ::close(2);  // what a sanitizer would say of it
    File const file(path);
    auto const* const foreign =
        static_cast<char const*>(::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.descriptor(), 0));
    std::filesystem::resize_file(path, 0);
    ::_exit(*const_cast<char const volatile*>(foreign));
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK_FALSE((WIFEXITED(status) && WEXITSTATUS(status) == 0));
}
