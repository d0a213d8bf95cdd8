#include "store/payload_writer.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <numeric>
#include <string>
#include <vector>

#include "sample_checkpoint.hpp"
#include "store/page_buffer.hpp"
#include "support/serial_test.hpp"

namespace fs = std::filesystem;
using pel::store::PageBuffer;
using pel::store::PayloadWriter;
using pel::store::WritableFile;

namespace {

constexpr std::size_t page = 4096;
constexpr std::size_t piece = std::size_t{8} << 20U;

// Text of that size in whole pages of memory, from byte `shift` of the first on.
class Payload {
 public:
  Payload(std::size_t bytes, std::size_t shift) : bytes_(bytes), shift_(shift) {
    buffer_.reserve(bytes + shift + 1);
    auto* const to = buffer_.bytes().data() + shift;
    for (std::size_t i = 0; i < bytes; ++i) to[i] = static_cast<std::byte>('a' + i * 7 % 26 + i / page % 3);
  }
  [[nodiscard]] std::span<std::byte const> bytes() const { return buffer_.bytes().subspan(shift_, bytes_); }
  [[nodiscard]] std::string text() const { return {reinterpret_cast<char const*>(bytes().data()), bytes_}; }

 private:
  PageBuffer buffer_;
  std::size_t bytes_, shift_;
};

// Writes the payload at `offset` of a file of dashes, and reads the file.
struct Written {
  std::string text, expected;
  std::vector<std::uint64_t> pieces;
};
Written write(fs::path const& folder, std::uint64_t offset, Payload const& payload) {
  auto const path = folder / "file";
  Written written;
  written.expected = std::string(offset + payload.bytes().size() + 100, '-');
  pel::test::write_text(path, written.expected);
  written.expected.replace(offset, payload.bytes().size(), payload.text());

  auto file = WritableFile::open(path);
  PayloadWriter writer(file, path, [&](std::uint64_t bytes) { written.pieces.push_back(bytes); });
  writer.write(offset, payload.bytes());
  file.sync();

  written.text = pel::test::read_text(path);
  return written;
}

void check_all_shapes(fs::path const& folder) {
  for (auto const size : {std::size_t{0}, std::size_t{1}, page - 1, page, page + 1, 3 * page + 5, piece + 1})
    for (auto const offset : {std::size_t{0}, page, std::size_t{10}, page - 1})
      for (auto const shift : {std::size_t{0}, std::size_t{8}}) {
        CAPTURE(size);
        CAPTURE(offset);
        CAPTURE(shift);
        auto const written = write(folder, offset, Payload(size, shift));
        CHECK((written.text == written.expected));  // too long to be shown
        CHECK(std::accumulate(written.pieces.begin(), written.pieces.end(), std::uint64_t{0}) == size);
      }
}

}  // namespace

TEST_CASE("any number of bytes gets to any place, and nothing beside it is touched") {
  pel::test::TemporaryDirectory const scratch;
  check_all_shapes(scratch.path());
}

TEST_CASE("the same on a file system that has no direct writing") {
  fs::path const memory = "/dev/shm";
  if (::access(memory.c_str(), W_OK) != 0) return pel::test::skip("no /dev/shm to write to");
  pel::test::TemporaryDirectory const scratch(memory);
  check_all_shapes(scratch.path());
}

TEST_CASE("large payloads are told of piece by piece") {
  pel::test::TemporaryDirectory const scratch;

  auto const written = write(scratch.path(), 0, Payload(2 * piece + page + 3, 0));

  CHECK(written.pieces.size() >= 3);
  CHECK(std::ranges::max(written.pieces) <= piece);
  CHECK((written.text == written.expected));
}

TEST_CASE("what is thrown after a piece comes through, with that piece written") {
  pel::test::TemporaryDirectory const scratch;
  auto const path = scratch.path() / "file";
  auto file = WritableFile::create(path);
  PayloadWriter writer(file, path, [](std::uint64_t) { throw std::runtime_error("stop"); });

  CHECK_THROWS_WITH(writer.write(0, Payload(piece + page, 0).bytes()), "stop");

  CHECK(fs::file_size(path) == piece);
}

TEST_CASE("a full disk is a failed write, whether past the page cache or through it") {
  auto* const before = std::signal(SIGXFSZ, SIG_IGN);
  rlimit whole{};
  getrlimit(RLIMIT_FSIZE, &whole);
  pel::test::TemporaryDirectory const scratch;
  for (rlim_t const limit : {rlim_t{0}, rlim_t{page}, rlim_t{3 * page + 100}})
    for (auto const shift : {std::size_t{0}, std::size_t{8}}) {
      auto const path = scratch.path() / "file";
      auto file = WritableFile::create(path);
      PayloadWriter writer(file, path, [](std::uint64_t) {});
      rlimit const small{limit, whole.rlim_max};
      setrlimit(RLIMIT_FSIZE, &small);
      int code = 0;
      try {
        writer.write(0, Payload(8 * page, shift).bytes());
      } catch (pel::WriteFailed const& failed) {
        code = failed.code;
      }
      setrlimit(RLIMIT_FSIZE, &whole);
      CHECK(code == EFBIG);
      CHECK(fs::file_size(path) <= limit);
    }
  std::signal(SIGXFSZ, before);
}
