#include "store/spill_file.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "pel/error.hpp"
#include "sample_checkpoint.hpp"

using pel::store::SpillFigures;
using pel::store::SpillFile;
using pel::test::TemporaryDirectory;

namespace {

std::vector<std::byte> text_bytes(std::string const& text) {
  auto const* const data = reinterpret_cast<std::byte const*>(text.data());
  return {data, data + text.size()};
}

}  // namespace

TEST_CASE("what is appended by several threads comes back from where it was said to be, and has no name") {
  TemporaryDirectory const scratch;
  auto const directory = scratch.path() / "not" / "there";
  auto const figures = std::make_shared<SpillFigures>();
  SpillFile file(directory, figures);
  auto const write = [&](char letter) {
    for (std::size_t n = 0; n < 200; ++n) {
      auto const text = text_bytes(std::string(n * 37 % 5000, letter));
      auto const at = file.append(text);
      std::vector<std::byte> back(text.size());
      file.read_at(at, back);
      if (back != text) FAIL_CHECK("other bytes at " << at);
    }
  };
  std::thread one([&] { write('a'); });
  std::thread two([&] { write('b'); });
  one.join();
  two.join();

  CHECK(std::filesystem::is_directory(directory));
  CHECK(std::filesystem::is_empty(directory));
  CHECK(figures->written == file.size());
  CHECK(figures->read == figures->written);
}

TEST_CASE("room that is given back is zeros, or still there, and the rest stays") {
  TemporaryDirectory const scratch;
  auto const figures = std::make_shared<SpillFigures>();
  SpillFile file(scratch.path(), figures);
  auto const first = file.append(text_bytes(std::string(1 << 20, 'x')));
  auto const text = text_bytes("the rest");
  auto const rest = file.append(text);

  file.forget(first, 1 << 20);

  std::vector<std::byte> back(text.size());
  file.read_at(rest, back);
  CHECK(back == text);
}

TEST_CASE("a directory that cannot be made, and bytes that are not there, are told") {
  TemporaryDirectory const scratch;
  auto const figures = std::make_shared<SpillFigures>();
  CHECK_THROWS_AS(SpillFile("/proc/none", figures), pel::WriteFailed);
  SpillFile file(scratch.path(), figures);
  std::vector<std::byte> bytes(1);
  CHECK_THROWS_AS(file.read_at(0, bytes), pel::SystemError);
}
