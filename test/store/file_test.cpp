#include "store/file.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mman.h>

#include <algorithm>
#include <vector>

#include "sample_checkpoint.hpp"
#include "store/checkpoint.hpp"
#include "support/serial_test.hpp"

namespace fs = std::filesystem;
using pel::store::ReadableFile;

namespace {

constexpr std::size_t page = 4096;

// How many pages of the file the system keeps in memory.
std::ptrdiff_t kept_pages(fs::path const& path) {
  auto const bytes = fs::file_size(path);
  pel::store::Descriptor const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  void* const memory = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, file.fd(), 0);
  REQUIRE(memory != MAP_FAILED);
  std::vector<unsigned char> kept((bytes + page - 1) / page);
  CHECK(::mincore(memory, bytes, kept.data()) == 0);
  ::munmap(memory, bytes);
  return std::ranges::count_if(kept, [](unsigned char flags) { return (flags & 1U) != 0; });
}

// A file of ten pages on the disk and in memory.
fs::path write_ten_pages(fs::path const& folder) {
  auto path = folder / "file";
  auto file = pel::store::WritableFile::create(path);
  file.write_at(0, std::vector<std::byte>(10 * page, std::byte{1}));
  file.sync();
  return path;
}

}  // namespace

TEST_CASE("a file that is to be forgotten comes from the disk when it is read next") {
  pel::test::TemporaryDirectory const scratch;
  auto const path = write_ten_pages(scratch.path());
  ReadableFile const file(path);
  REQUIRE(kept_pages(path) == 10);

  file.forget();

  if (kept_pages(path) == 10) return pel::test::skip("a file system that forgets nothing");
  CHECK(kept_pages(path) == 0);
}

TEST_CASE("reading beyond the end is damage, at whatever number it begins") {
  pel::test::TemporaryDirectory const scratch;
  ReadableFile const file(write_ten_pages(scratch.path()));
  std::vector<std::byte> bytes(page + 1);

  for (std::uint64_t const offset : {9 * page, 10 * page, std::size_t{1} << 62U, ~std::size_t{0}}) {
    CAPTURE(offset);
    CHECK_THROWS_AS(file.read_at(offset, bytes), pel::store::Damaged);
  }
  file.read_at(10 * page, {});
}

TEST_CASE("a directory, or nothing, is no file to be read") {
  pel::test::TemporaryDirectory const scratch;
  for (auto const& path : {scratch.path(), scratch.path() / "missing", scratch.path() / "missing" / "file"})
    CHECK_THROWS_AS(ReadableFile{path}, pel::store::Damaged);
}
