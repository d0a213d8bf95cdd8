#include "store/reserved_file.hpp"

#include <doctest/doctest.h>
#include <sys/mount.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "pel/error.hpp"
#include "store/replace_file.hpp"
#include "support/serial_test.hpp"

namespace fs = std::filesystem;
using pel::store::ReservedFile;

namespace {

std::string content(fs::path const& path) {
  std::string text;
  return pel::store::read_small_file(path, text) ? text : "";
}

std::size_t files_in(fs::path const& path) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(path), fs::directory_iterator()));
}

// A file system of 64 KiB, while it lives; not there where only root may mount.
struct SmallDisk {
  fs::path path = pel::test::scratch() / "small";
  bool there = false;
  SmallDisk() {
    fs::create_directories(path);
    there = mount("tmpfs", path.c_str(), "tmpfs", 0, "size=64k") == 0;
  }
  ~SmallDisk() {
    if (there) umount2(path.c_str(), MNT_DETACH);
  }
  void fill() const {
    std::ofstream file(path / "filling", std::ios::binary);
    std::string const page(4096, 'x');
    while (file.write(page.data(), static_cast<std::streamsize>(page.size())).flush()) {
    }
  }
};

}  // namespace

TEST_CASE("a text is replaced, and nothing is left beside it in the end") {
  auto const folder = pel::test::scratch() / "plain";
  {
    ReservedFile file(folder / "a.json", "1", 100);
    for (char const* text : {"one\n", "two\n"}) {
      file.replace(text, true);
      CHECK(content(folder / "a.json") == text);
    }
    CHECK(files_in(folder) == 2);
  }
  CHECK(files_in(folder) == 1);
}

TEST_CASE("what a process that was killed has left is removed by the next") {
  auto const folder = pel::test::scratch() / "left";
  fs::create_directories(folder);
  std::ofstream(folder / "a.json.spare-7") << "old";
  std::ofstream(folder / "b.json.spare-7") << "of another";

  ReservedFile const file(folder / "a.json", "8", 100);

  CHECK_FALSE(fs::exists(folder / "a.json.spare-7"));
  CHECK(fs::exists(folder / "b.json.spare-7"));
}

TEST_CASE("a full disk takes the text all the same, again and again") {
  SmallDisk const disk;
  if (!disk.there) {
    MESSAGE("skipped: mounting a small file system: " << std::strerror(errno));
    return;
  }
  auto const path = disk.path / "a.json";
  ReservedFile file(path, "1", 4096);
  file.replace("the first\n", true);
  disk.fill();
  REQUIRE_THROWS_AS(pel::store::replace_file(disk.path / "other", "text", true), pel::WriteFailed);

  for (std::string const text : {"the second", "the third", "the fourth"}) {
    file.replace(text + "\n", true);

    CHECK(content(path).starts_with(text + " "));
    CHECK(content(path).size() == 4096);
  }
  CHECK_THROWS_AS(file.replace(std::string(5000, 'x'), true), pel::WriteFailed);
  CHECK(content(path).starts_with("the fourth"));
}
