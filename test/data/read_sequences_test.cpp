#include "data/read_sequences.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "compressed.hpp"
#include "pel/error.hpp"
#include "temporary_directory.hpp"

using pel::Partition;
using pel::partition_id;
using pel::data::for_each_piece;
using pel::data::sequence_formats;
using pel::data::TextInput;
using pel::test::TemporaryDirectory;

namespace {

using Texts = std::vector<std::string>;

// One behind the other: all are of one length, and as texts of their own they would take minutes under sanitizers.
std::string windows_of(Texts const& sequences, std::size_t length) {
  std::string windows;
  for (auto const& sequence : sequences)
    for (std::size_t at = 0; at + length <= sequence.size(); ++at) windows.append(sequence, at, length);
  return windows;
}

struct Found {
  std::string windows;
  pel::data::BadLines bad;
};

Found found_in_partitions(TextInput const& input, std::uint32_t count, std::size_t length) {
  Found found;
  auto const formats = sequence_formats(input);
  for (std::uint32_t p = 0; p < count; ++p)
    for_each_piece(
        input, formats, Partition{partition_id(p), count}, length - 1,
        [&](auto block) { found.windows += windows_of(Texts(block.begin(), block.end()), length); },
        [&](pel::data::BadLine line) { found.bad.add(std::move(line)); });
  return found;
}

std::string windows_of_partitions(TextInput const& input, std::uint32_t count, std::size_t length) {
  auto const found = found_in_partitions(input, count, length);
  if (found.bad.count() > 0)
    throw found.bad.error([&](auto file) -> pel::data::TextSource const& { return input.sources()[file]; });
  return found.windows;
}

std::string letters(std::size_t n, std::size_t seed) {
  std::string made;
  for (std::size_t i = 0; i < n; ++i) made += "ACGTNacgt"[(i * i + seed * 7 + i / 3) % 9];
  return made;
}

// Sequences of all lengths, one of which is several pieces long.
Texts some_sequences() {
  Texts sequences{"A", "", "ACGT", letters(40'000, 1)};
  for (std::size_t i = 0; i < 60; ++i) sequences.push_back(letters(i * 37 % 101, i));
  return sequences;
}

std::string fasta(Texts const& sequences, std::size_t width, std::string const& end) {
  std::string text;
  for (auto const& sequence : sequences) {
    text += ">some name" + end;
    for (std::size_t at = 0; at < sequence.size(); at += width) text += sequence.substr(at, width) + end;
  }
  return text;
}

// Qualities look like what else begins a line of a record.
std::string fastq(Texts const& sequences, std::string const& end) {
  std::string text;
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    std::string qualities(sequences[i].size(), 'I');
    if (!qualities.empty()) qualities[0] = "@+>I"[i % 4];
    text += "@r" + std::to_string(i) + end + sequences[i] + end + "+" + end + qualities + end;
  }
  return text;
}

void check_windows(std::string const& text, Texts const& sequences) {
  TemporaryDirectory const folder;
  for (auto const& input : {TextInput::open({folder.write("plain", text)}),
                            TextInput::open({folder.write("a.zst", pel::test::packed(text))})})
    for (std::size_t const length : {1, 3, 32})
      for (std::uint32_t const partitions : {1, 7, 64}) {
        CAPTURE(length);
        CAPTURE(partitions);
        CHECK(windows_of_partitions(input, partitions, length) == windows_of(sequences, length));
      }
}

}  // namespace

TEST_CASE("every window of a FASTA file is in one piece, wherever lines and partitions cut") {
  auto const sequences = some_sequences();
  for (std::size_t const width : {1, 60, 100'000}) check_windows(fasta(sequences, width, "\n"), sequences);
  check_windows("\xEF\xBB\xBF\n\n" + fasta(sequences, 70, " \r\n\r\n"), sequences);
  auto text = fasta(sequences, 60, "\n");
  text.pop_back();
  check_windows(text, sequences);
}

TEST_CASE("every window of a FASTQ file is in one piece, whatever its qualities look like") {
  auto const sequences = some_sequences();
  check_windows(fastq(sequences, "\n"), sequences);
  check_windows(fastq(sequences, "\r\n") + "\n\n", sequences);
  check_windows("@r\nACGT\n+\n@+@+", {"ACGT"});
  check_windows("@r\n\n+\n", {});
}

TEST_CASE("files of both kinds and none of them follow one another") {
  TemporaryDirectory const folder;
  auto const input = TextInput::open({folder.write("a", ">x\nACG"), folder.write("b", ""), folder.write("c", "\n"),
                                      folder.write("d", "@y\nTTT\n+\nIII"), folder.write("e", ">z\nCCC")});

  CHECK(windows_of_partitions(input, 5, 3) == "ACGTTTCCC");
  CHECK(windows_of_partitions(input, 1, 4).empty());
}

TEST_CASE("what is neither is refused with its line and column, in every number of partitions") {
  for (auto const& [text, line, column, problem] : std::vector<std::tuple<std::string, int, int, std::string>>{
           {"ACGT\n", 1, 1, "neither FASTA"},
           {"\n;x\n", 2, 1, "neither FASTA"},
           {">x\nACGT\nAC1T\n", 3, 3, "\"1\" is no letter of a sequence"},
           {">x\nAC GT\n", 2, 3, "\" \" is no letter of a sequence"},
           {"@x\nAC\n+\nII\nACGT\n", 5, 1, "expected @ and the name of a record"},
           {"@x\nAC\nII\n@y\nAC\n+\nII\n", 3, 1, "expected +: a record has four lines"},
           {"@x\nACG\n+\nII\n@y\nA\n+\nI\n", 4, 3, "2 qualities of 3 letters"},
           {"@x\nAC\n+\nIII\n", 4, 3, "3 qualities of 2 letters"},
           {"@x\nAC\n+\nII\n@y\n", 6, 1, "the file ends before the sequence of its last record"},
           {"@x\nAC\n+\nII\n@y\nA\n", 7, 1, "the file ends before the + of its last record"},
           {"@x\nAC\n+\n", 4, 1, "the file ends before the qualities of its last record"},
           {"@x\nA,\n+\nII\n", 2, 2, "\",\" is no letter of a sequence"}}) {
    TemporaryDirectory const folder;
    for (std::uint32_t const partitions : {1, 7, 64}) {
      CAPTURE(text);
      CAPTURE(partitions);
      try {
        (void)windows_of_partitions(TextInput::open({folder.write("bad", text)}), partitions, 2);
        FAIL_CHECK("it is read");
      } catch (pel::BadData const& bad) {
        CHECK(bad.line == line);
        CHECK(bad.column == column);
        CHECK(bad.problem.starts_with(problem));
      }
    }
  }
}

TEST_CASE("a bad line of FASTA is left out, and no window goes over it") {
  TemporaryDirectory const folder;
  auto const sequence = letters(5000, 3);
  std::string text = ">x\n";
  Texts parts(1);
  for (std::size_t at = 0, line = 0; at < sequence.size(); at += 50, ++line) {
    auto row = sequence.substr(at, 50);
    if (line % 17 == 5) {
      row[line % 50] = '1';
      parts.emplace_back();
    } else {
      parts.back() += row;
    }
    text += row + "\n";
  }
  auto const input = TextInput::open({folder.write("bad", text)});
  for (std::uint32_t const partitions : {1, 7, 64})
    for (std::size_t const length : {1, 2, 31, 60, 200}) {
      auto const found = found_in_partitions(input, partitions, length);
      bool const same = found.windows == windows_of(parts, length);
      CHECK(same);
      CHECK(found.bad.count() == parts.size() - 1);
    }
}

TEST_CASE("a bad record of FASTQ is left out, and those around it are read") {
  TemporaryDirectory const folder;
  for (std::string const bad : {"@b\nAC\nII\n", "@b\nAC1T\n+\nIIII\n", "@b\nACG\n+\nII\n", "@b\nACG\n+\n@+\n", "@b\n",
                                "@b\nACG\n", "AC\n+\nII\n", "+\n", "@b\nACG\n+\n"}) {
    CAPTURE(bad);
    std::string text;
    Texts good;
    for (std::size_t i = 0; i < 60; ++i) {
      good.push_back(letters(40 + i % 7, i));
      text += "@r\n" + good.back() + "\n+\n" + std::string(good.back().size(), 'I') + "\n";
      if (i % 20 == 9) text += bad;
    }
    auto const input = TextInput::open({folder.write("bad", text)});
    for (std::uint32_t const partitions : {1, 7, 64}) {
      CAPTURE(partitions);
      auto const found = found_in_partitions(input, partitions, 31);
      bool const same = found.windows == windows_of(good, 31);
      CHECK(same);
      CHECK(found.bad.count() == 3);
    }
  }
}

TEST_CASE("bad records that the file ends with, and files of nothing else") {
  TemporaryDirectory const folder;
  for (auto const& [text, windows, count] :
       std::vector<std::tuple<std::string, std::string, std::uint64_t>>{{"@a\nACG\n+\nIII\n@b\nAC", "ACG", 1},
                                                                        {"@a\nACG\n+\nIII\n@b", "ACG", 1},
                                                                        {"@a\nAC1\n+\nIII\n@b\nTT1\n+\nIII\n", "", 2},
                                                                        {"@\n@\n@\n@\n", "", 1}}) {
    CAPTURE(text);
    auto const found = found_in_partitions(TextInput::open({folder.write("bad", text)}), 1, 3);
    CHECK(found.windows == windows);
    CHECK(found.bad.count() == count);
  }
}
