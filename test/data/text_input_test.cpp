#include "data/text_input.hpp"

#include <doctest/doctest.h>

#include <array>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/digest.hpp"
#include "compressed.hpp"
#include "data/generated_text.hpp"
#include "pel/error.hpp"
#include "temporary_directory.hpp"

using pel::data::GeneratedText;
using pel::data::TextInput;
using pel::test::gzipped;
using pel::test::packed;
using pel::test::TemporaryDirectory;

namespace {

std::vector<std::string> names_of(TextInput const& input) {
  std::vector<std::string> names;
  for (auto const& source : input.sources()) names.push_back(source.name);
  return names;
}

}  // namespace

TEST_CASE("a directory stands for its files and a glob for its matches, both in byte order") {
  TemporaryDirectory const directory;
  auto const b = directory.write("b.txt", "b\n");
  auto const a = directory.write("a.txt", "aa\n");
  auto const capital = directory.write("Z.txt", "zzz\n");
  auto const other = directory.write("c.log", "c\n");
  std::filesystem::create_directory(directory.path("below"));

  CHECK(names_of(TextInput::open({directory.path("")})) == std::vector{capital, a, b, other});
  CHECK(names_of(TextInput::open({directory.path("*.txt")})) == std::vector{capital, a, b});
  CHECK(names_of(TextInput::open({b, a, b})) == std::vector{b, a, b});
  CHECK(TextInput::open({directory.path("*.txt")}).size() == 9);
}

TEST_CASE("a file whose name looks like a glob is a file") {
  TemporaryDirectory const directory;
  auto const name = directory.write("what[1]?.txt", "x\n");
  CHECK(names_of(TextInput::open({name})) == std::vector{name});
}

TEST_CASE("what is missing is named") {
  TemporaryDirectory const directory;
  std::filesystem::create_directory(directory.path("empty"));
  for (auto const& name : {directory.path("none"), directory.path("*.none"), directory.path("empty")}) {
    try {
      (void)TextInput::open({name});
      FAIL("not refused");
    } catch (pel::MissingInput const& error) {
      CHECK(error.path == name);
    }
  }
}

TEST_CASE("all that is missing is named at once") {
  TemporaryDirectory const directory;
  auto const none = directory.path("none"), glob = directory.path("*.none"), there = directory.write("there", "x\n");
  try {
    (void)TextInput::open({there, none, glob, none + "2"});
    FAIL("not refused");
  } catch (pel::MissingInput const& error) {
    CHECK(error.path == none);
    CHECK(error.others ==
          glob + ": cannot be read: no file matches\n" + none + "2: cannot be read: No such file or directory");
  }
  std::vector<std::string> many;
  for (int i = 0; i < 250; ++i) many.push_back(none + std::to_string(i));
  try {
    (void)TextInput::open(many);
  } catch (pel::MissingInput const& error) {
    CHECK(error.others.ends_with("\nand 150 more"));
  }
}

TEST_CASE("a packed file is known by its first bytes too, and its text is held") {
  TemporaryDirectory const directory;
  auto const input = TextInput::open({directory.write("no-suffix", packed("hello\n"))});
  REQUIRE(input.sources().size() == 1);
  REQUIRE(input.sources()[0].held != nullptr);
  CHECK(*input.sources()[0].held == "hello\n");
  CHECK(input.size() == 6);
}

TEST_CASE("several frames in a row are one text") {
  TemporaryDirectory const directory;
  std::string const large(3'000'000, 'x');
  auto const input = TextInput::open({directory.write("t.zst", packed("a\n") + packed("") + packed(large))});
  CHECK(*input.sources()[0].held == "a\n" + large);
}

TEST_CASE("a damaged or cut packed file is refused with the offset") {
  TemporaryDirectory const directory;
  std::string text;
  for (std::uint64_t i = 0; i < 100'000; ++i) text += std::to_string(i * i) + "\n";
  auto const whole = packed(text);
  auto damaged = whole;
  for (std::size_t i = 2000; i < 2100; ++i) damaged[i] = static_cast<char>(~damaged[i]);
  for (auto const& content : {std::string(), whole.substr(0, 3), whole.substr(0, 1000),
                              whole.substr(0, whole.size() - 1), damaged, whole + "rest", "no zstd at all\n" + text}) {
    auto const name = directory.write("t.zst", content);
    try {
      (void)TextInput::open({name});
      FAIL("not refused: " << content.size());
    } catch (pel::BadData const& error) {
      CHECK(error.file == name);
      CHECK(error.line == 0);
      CHECK(error.offset >= 0);
      CHECK(error.offset <= static_cast<std::int64_t>(content.size()));
    }
  }
}

namespace {

std::string digest_of(TextInput const& input) {
  std::vector<pel::base::Digest> digests;
  for (auto const& piece : input.pieces()) digests.push_back(input.digest_of(piece));
  return input.digest(digests);
}

}  // namespace

TEST_CASE("the digest is of the contents and sizes, whatever the names and the packing") {
  TemporaryDirectory const directory;
  auto const digest = [](std::vector<std::string> const& names) { return digest_of(TextInput::open(names)); };
  auto const whole = directory.write("whole", "abc"), same = directory.write("same.zst", packed("abc"));
  auto const ab = directory.write("ab", "ab"), c = directory.write("c", "c");
  auto const a = directory.write("a", "a"), bc = directory.write("bc", "bc");

  CHECK(digest({whole}) == digest({same}));
  CHECK(digest({ab, c}) != digest({whole}));
  CHECK(digest({ab, c}) != digest({a, bc}));
  CHECK(digest({whole}).size() == 32);
}

TEST_CASE("what may begin with any bytes is packed only where its name says so") {
  TemporaryDirectory const directory;
  for (auto const& content : {std::string("\x1F\x8B record"), std::string("\x28\xB5\x2F\xFD record"), packed("abc")}) {
    auto const source =
        TextInput::open({directory.write("records.bin", content)}, pel::data::never_sniffed).sources().front();
    CHECK_FALSE(source.held);
    CHECK(source.size == content.size());
  }
  auto const by_name = TextInput::open({directory.write("a.zst", packed("abc")), directory.write("b.gz", gzipped("d"))},
                                       pel::data::never_sniffed);
  CHECK(by_name.size() == 4);
  CHECK_THROWS_AS((void)TextInput::open({directory.write("c.gz", "abc")}, pel::data::never_sniffed), pel::BadData);
}

TEST_CASE("the digest is made of pieces that cover all sources in order") {
  TemporaryDirectory const directory;
  std::string const long_text(std::size_t{17} << 20U, 'x');
  auto const long_one = directory.write("long", long_text), none = directory.write("none", ""),
             short_one = directory.write("short", "y\n");
  auto const input = TextInput::open({long_one, none, short_one});
  auto const pieces = input.pieces();

  std::uint64_t covered = 0;
  std::vector<pel::base::Digest> digests;
  for (auto const& piece : pieces) {
    CHECK(piece.size > 0);
    covered += piece.size;
    auto const bytes = (piece.source == 0 ? long_text : std::string("y\n")).substr(piece.at, piece.size);
    digests.push_back(pel::base::digest_of(std::as_bytes(std::span(bytes))));
    CHECK(input.digest_of(piece) == digests.back());
  }
  CHECK(pieces.size() == 4);
  CHECK(covered == input.size());
  CHECK(input.digest(digests) == digest_of(input));
  std::swap(digests[0], digests[3]);
  CHECK(input.digest(digests) != digest_of(input));
}

TEST_CASE("a generated text has the bytes that are asked for, and ends with a newline") {
  for (std::uint64_t const bytes : {0, 1, 2, 20, 1000, 65'535, 65'536, 65'537, 200'000}) {
    auto const text = GeneratedText{bytes, 1}.make();
    CHECK(text.size() == bytes);
    CHECK((bytes == 0 || text.back() == '\n'));
  }
  CHECK(TextInput::open({"text:bytes=3K,seed=7"}).size() == 3000);
  CHECK(*TextInput::open({"text:bytes=3K,seed=7"}).sources()[0].held == GeneratedText{3000, 7}.make());
}

TEST_CASE("a part of a generated text can be made without the rest") {
  GeneratedText const spec{500'000, 3};
  auto const whole = spec.make();
  std::string part;
  spec.append_block(5, part);
  CHECK(part == whole.substr(5 * GeneratedText::block_bytes, GeneratedText::block_bytes));
  CHECK(GeneratedText{500'000, 4}.make() != whole);
}

TEST_CASE("a generated text keeps its bytes from release to release") {
  auto const input = TextInput::open({"text:bytes=1M,seed=1"});
  CHECK(pel::base::to_hex(pel::base::digest_of(std::as_bytes(std::span(*input.sources()[0].held)))) ==
        "da35be27609821b0583085c502748b5f");
}

TEST_CASE("a generated text looks like text") {
  auto const text = GeneratedText{2'000'000, 1}.make();
  std::size_t lines = 0, words = 0, others = 0;
  bool in_word = false;
  for (char const c : text) {
    bool const letter = c != ' ' && c != '\n';
    if (letter && c != ',' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')) ++others;
    words += letter && !in_word ? 1 : 0;
    lines += c == '\n' ? 1 : 0;
    in_word = letter;
  }
  CHECK(others == 0);
  CHECK(words == doctest::Approx(230'000).epsilon(0.05));
  CHECK(lines == doctest::Approx(22'000).epsilon(0.05));
}

TEST_CASE("a generator that cannot be read is refused") {
  for (auto const* const spec : {"text:bytes=", "text:bytes=x", "text:bytes=2X", "text:bytes=-1", "text:byte=1",
                                 "text:bytes", "text:bytes=1,bytes=2", "text:bytes=99999G", "text:seed=1.5",
                                 "text:bytes=99999999999999999999", "text:bytes=K", "text:bytes=1,,seed=1"}) {
    CAPTURE(spec);
    CHECK_THROWS_AS((void)TextInput::open({spec}), pel::UsageError);
  }
  try {
    (void)TextInput::open({"text:byte=1"});
  } catch (pel::UsageError const& error) {
    CHECK(error.nearest == "bytes");
  }
}
