#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "compressed.hpp"
#include "data/line_blocks.hpp"
#include "data/text_input.hpp"
#include "pel/error.hpp"
#include "temporary_directory.hpp"

using pel::Partition;
using pel::partition_id;
using pel::data::Lines;
using pel::data::TextInput;
using pel::test::packed;
using pel::test::TemporaryDirectory;

namespace {

using Texts = std::vector<std::string>;

// The plain oracle: all lines of a text.
Texts lines_of(std::string text) {
  Texts lines;
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  while (!text.empty()) {
    auto const newline = text.find('\n');
    auto line = text.substr(0, newline);
    if (newline != std::string::npos && line.ends_with('\r')) line.pop_back();
    lines.push_back(line);
    text = newline == std::string::npos ? "" : text.substr(newline + 1);
  }
  return lines;
}

Texts lines_of_partitions(TextInput const& input, std::uint32_t count) {
  Texts lines;
  for (std::uint32_t p = 0; p < count; ++p)
    for (auto const line : Lines(input, Partition{partition_id(p), count})) lines.emplace_back(line);
  return lines;
}

// Texts whose line ends meet the cuts and the blocks in every way.
Texts odd_texts() {
  std::string varied, long_lines;
  for (std::size_t i = 0; i < 2000; ++i) varied += std::string(i * 7919 % 131, static_cast<char>('a' + i % 26)) + '\n';
  for (std::size_t i = 0; i < 5; ++i) long_lines += std::string(200'000 * i + i, 'x') + "\ny\n";
  std::string const block(std::size_t{256} << 10, 'b');
  return {"",
          "a",
          "\n",
          "\n\n\n\n\n\n\n",
          "aa\nb\n",
          "aa\nb",
          "\na\n\nbb",
          "a\r\nb\r\r\n\r\nc\r",
          "\xEF\xBB\xBF",
          "\xEF\xBB\xBFhello\nworld\n",
          "a\n\xEF\xBB\xBF\n",
          std::string("nul\0byte\n", 9),
          varied,
          long_lines,
          block + "\n" + block.substr(1) + "\n" + block,
          block.substr(1) + "\r\nlast"};
}

constexpr std::uint32_t partition_counts[] = {1, 2, 3, 7, 64};

}  // namespace

TEST_CASE("the lines of all partitions in a row are the lines of the file") {
  TemporaryDirectory const directory;
  for (auto const& text : odd_texts()) {
    auto const file = TextInput::open({directory.write("plain.txt", text)});
    auto const unpacked = TextInput::open({directory.write("packed.txt.zst", packed(text))});
    for (auto const count : partition_counts) {
      CAPTURE(text.substr(0, 40));
      CAPTURE(count);
      CHECK(lines_of_partitions(file, count) == lines_of(text));
      CHECK(lines_of_partitions(unpacked, count) == lines_of(text));
    }
  }
}

TEST_CASE("a line belongs to the partition in whose share it starts") {
  TemporaryDirectory const directory;
  auto const input = TextInput::open({directory.write("t", "aa\nb\n")});

  std::vector<std::string> first, second;
  for (auto const line : Lines(input, Partition{partition_id(0), 2})) first.emplace_back(line);
  for (auto const line : Lines(input, Partition{partition_id(1), 2})) second.emplace_back(line);

  CHECK(first == Texts{"aa"});
  CHECK(second == Texts{"b"});
}

TEST_CASE("a line never spans two files") {
  TemporaryDirectory const directory;
  Texts names, expected;
  for (auto const& text : odd_texts()) {
    auto const name = directory.write("part-" + std::to_string(100 + names.size()), text);
    names.push_back(name);
    for (auto const& line : lines_of(text)) expected.push_back(line);
  }
  auto const input = TextInput::open(names);

  for (auto const count : partition_counts) CHECK(lines_of_partitions(input, count) == expected);
}

TEST_CASE("every cut of a small text gives each line once") {
  std::string const text = "\xEF\xBB\xBFone\n\ntwo\r\n\n\nthree";
  TemporaryDirectory const directory;
  auto const source = pel::data::open_text_file(directory.write("t", text));
  for (std::size_t cut = 0; cut <= text.size(); ++cut)
    for (std::size_t const block : {1, 2, 5, 4096}) {
      std::string joined;
      for (auto const& range : {pel::data::ByteRange{0, cut}, pel::data::ByteRange{cut, text.size()}}) {
        pel::data::LineBlocks blocks(source, range, block);
        while (blocks.next()) {
          CHECK(blocks.offset() == joined.size() + 3);
          joined += blocks.block();
        }
      }
      CHECK(joined == text.substr(3));
    }
}

TEST_CASE("the line number of an offset counts the newlines before it") {
  TemporaryDirectory const directory;
  auto const source = pel::data::open_text_file(directory.write("t", "a\nbb\n\nc"));
  CHECK(pel::data::line_number(source, 0) == 1);
  CHECK(pel::data::line_number(source, 1) == 1);
  CHECK(pel::data::line_number(source, 2) == 2);
  CHECK(pel::data::line_number(source, 6) == 4);
}

TEST_CASE("a line of more than 16 MiB is refused where it starts, and one of 16 MiB is not") {
  TemporaryDirectory const directory;
  std::string const longest(std::size_t{16} << 20, 'x');
  auto const longest_file = TextInput::open({directory.write("longest", "a\n" + longest + "\r\nb\n")});
  CHECK(lines_of_partitions(longest_file, 3) == Texts{"a", longest, "b"});
  for (auto const& name : {directory.write("long", "a\n" + longest + "x\nb\n"),
                           directory.write("long.zst", packed("a\n" + longest + "x\nb\n")),
                           directory.write("longer", "a\n" + longest + longest + longest)}) {
    auto const input = TextInput::open({name});
    try {
      (void)lines_of_partitions(input, 7);
      FAIL("not refused");
    } catch (pel::BadData const& error) {
      CHECK(error.file == name);
      CHECK(error.line == 2);
      CHECK(error.column == 1);
    }
  }
}

TEST_CASE("how long a line may be can be said, and who refuses one says how") {
  TemporaryDirectory const directory;
  auto const text = "aa\n" + std::string(3000, 'x') + "\nb\n";
  for (auto const& name : {directory.write("t", text), directory.write("t.zst", packed(text))}) {
    auto const input = TextInput::open({name});
    CHECK(lines_of_partitions(input.with_max_line(3000), 3) == Texts{"aa", std::string(3000, 'x'), "b"});
    try {
      (void)lines_of_partitions(input.with_max_line(2999), 3);
      FAIL("not refused");
    } catch (pel::BadData const& error) {
      CHECK(error.line == 2);
      CHECK(error.problem ==
            "a line of more than 2999 bytes; --max-line SIZE allows longer ones, and each is held in memory whole");
    }
  }
}

TEST_CASE("a file that changes while the job runs is an error") {
  TemporaryDirectory const directory;
  auto const name = directory.write("t", std::string(1000, 'x') + "\n");
  auto const input = TextInput::open({name});

  directory.write("t", "short\n");
  CHECK_THROWS_AS((void)lines_of_partitions(input, 1), pel::BadData);
  std::filesystem::remove(name);
  CHECK_THROWS_AS((void)lines_of_partitions(input, 1), pel::MissingInput);
}
