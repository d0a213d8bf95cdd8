#include "data/gzip_file.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <string>

#include "base/hash.hpp"
#include "compressed.hpp"
#include "data/text_input.hpp"
#include "pel/error.hpp"
#include "temporary_directory.hpp"

using pel::data::File;
using pel::data::unpack_gzip;
using pel::test::gzipped;
using pel::test::TemporaryDirectory;

namespace {

// More than a piece, packed or not.
std::string large_text() {
  std::string text;
  for (std::uint64_t i = 0; i < 400'000; ++i) text += std::to_string(pel::base::mix64(i)) + "\n";
  return text;
}

std::string unpacked(TemporaryDirectory const& directory, std::string const& content) {
  return unpack_gzip(File(directory.write("t.gz", content)));
}

// Where the damage is seen.
std::int64_t offset_of_damage(TemporaryDirectory const& directory, std::string const& content) {
  try {
    (void)unpacked(directory, content);
  } catch (pel::BadData const& error) {
    CHECK(error.file == directory.path("t.gz"));
    CHECK(error.line == 0);
    return error.offset;
  }
  return -1;
}

}  // namespace

TEST_CASE("a packed text comes out as it went in") {
  TemporaryDirectory const directory;
  for (auto const& text : {std::string(), std::string("a"), large_text(), std::string(30'000'000, 'x')})
    CHECK((unpacked(directory, gzipped(text)) == text));
}

TEST_CASE("members in a row are joined, and zeros behind them dropped") {
  TemporaryDirectory const directory;
  auto const large = large_text();
  auto const members = gzipped("1 2\n") + gzipped("") + gzipped(large) + gzipped("3 4\n");
  CHECK((unpacked(directory, members) == "1 2\n" + large + "3 4\n"));
  CHECK((unpacked(directory, members + std::string(3'000'000, '\0')) == "1 2\n" + large + "3 4\n"));
}

TEST_CASE("a file that is cut short anywhere is refused, with the offset of its end") {
  TemporaryDirectory const directory;
  auto const whole = gzipped("1 2\n3 4\n");
  for (std::size_t n = 0; n < whole.size(); ++n)
    CHECK(offset_of_damage(directory, whole.substr(0, n)) == static_cast<std::int64_t>(n));
  auto const two = whole + whole;
  for (auto n = whole.size() + 1; n < two.size(); ++n)
    CHECK(offset_of_damage(directory, two.substr(0, n)) == static_cast<std::int64_t>(n));
}

TEST_CASE("damage is refused, with an offset") {
  TemporaryDirectory const directory;
  auto const large = gzipped(large_text());
  auto damaged = large;
  damaged[large.size() / 2] = static_cast<char>(~damaged[large.size() / 2]);
  CHECK(offset_of_damage(directory, damaged) > static_cast<std::int64_t>(large.size() / 2));
  damaged = large;
  damaged[large.size() - 6] = static_cast<char>(~damaged[large.size() - 6]);  // the checksum
  CHECK(offset_of_damage(directory, damaged) >= static_cast<std::int64_t>(large.size() - 8));
  CHECK(offset_of_damage(directory, "1 2\n3 4\n") >= 0);
  CHECK(offset_of_damage(directory, gzipped("a") + "rest") > 0);
  CHECK(offset_of_damage(directory, gzipped("a") + std::string(10, '\0') + "rest") > 0);
}

TEST_CASE("packed texts are known by their first bytes, whatever their name") {
  TemporaryDirectory const directory;
  auto const source = pel::data::open_text_file(directory.write("plain.txt", gzipped("1 2\n")));
  REQUIRE(source.held);
  CHECK(*source.held == "1 2\n");
  CHECK_FALSE(pel::data::open_text_file(directory.write("text", "\x1F 2\n")).held);
}
