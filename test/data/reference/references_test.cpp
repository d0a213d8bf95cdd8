#include "data/reference/references.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "../held_texts.hpp"
#include "data/centroids.hpp"
#include "support/serial_test.hpp"

using namespace pel::data;

namespace {

constexpr std::size_t max_line = 1000;

std::string file(std::string const& name, std::string const& content) {
  auto const path = (pel::test::scratch() / name).string();
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

std::set<std::string> lines_of(std::string const& text) {
  std::istringstream in(text);
  std::set<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.insert(line);
  return lines;
}

std::vector<double> numbers_of(std::string const& text) {
  std::istringstream in(text);
  std::vector<double> numbers;
  for (double number = 0; in >> number;) numbers.push_back(number);
  return numbers;
}

using LineSet = std::set<std::string>;

}  // namespace

TEST_CASE("words are counted by either rule, none over two files") {
  TextInput const text({held::source("a", "Don't PANIC: 42!\npanic"), held::source("b", "panic \xc3\xa9t\xc3\xa9\n")});

  CHECK(lines_of(reference::word_counts(text, WordRule::alnum)(max_line)) ==
        LineSet{"don 1", "t 2", "panic 3", "42 1"});
  CHECK(lines_of(reference::word_counts(text, WordRule::blank)(max_line)) ==
        LineSet{"Don't 1", "PANIC: 1", "42! 1", "panic 2", "\xc3\xa9t\xc3\xa9 1"});
}

TEST_CASE("k-mers are counted with their reverse complements, across lines, not across sequences or other letters") {
  auto const fasta = file("a.fa", ">one\nAAC\ngt\n>two\nACNGTT\n");
  auto const fastq = file("a.fq", "@r\nTTT\n+\n>@>\n");

  // AAC ACG CGT of the first, of which CGT is ACG; GTT, which is AAC, of the second; TTT, which is AAA, of the reads.
  CHECK(lines_of(reference::kmer_counts({fasta, fastq}, 3)(max_line)) == LineSet{"AAC 2", "ACG 2", "AAA 1"});
  CHECK(lines_of(reference::kmer_counts({fastq}, 1)(max_line)) == LineSet{"A 3"});
  auto const longest = file("b.fa", ">a\n" + std::string(32, 'T') + "\n");
  CHECK(lines_of(reference::kmer_counts({longest}, 32)(max_line)) == LineSet{std::string(32, 'A') + " 1"});
}

TEST_CASE("records are sorted by unsigned bytes of their keys, ties as they were") {
  auto const one = file("a.bin",
                        "b2\xff"
                        "1a1"),
             other = file("b.bin", "b1a0");

  CHECK(reference::sorted_records({one, other}, 2, 1)(max_line) ==
        "a1a0b2b1\xff"
        "1");
}

TEST_CASE("Lloyd's rounds: ties to the first centre, an empty cluster stays") {
  auto const points = file("p.csv", "x,y\n0,0\n0,2\n1,1\n2,1\nno,point\n");
  pel::Centroids const start({0, 1, 2, 1, 50, 50}, 2);

  // The third point is as far from both.
  auto const one = reference::lloyd({{points}, 0}, start, 1, 0)(max_line);
  CHECK(one.starts_with("0.333"));
  CHECK(one.ends_with(",1\n2,1\n50,50\n"));
  CHECK(reference::lloyd({{points}, 0}, start, 0, 0)(max_line) == "0,1\n2,1\n50,50\n");
  CHECK(reference::lloyd({{points}, 0}, start, 1, 0)(max_line) ==
        reference::lloyd({{points}, 0}, start, 9, 0.5)(max_line));
}

TEST_CASE("points come from rows of doubles, too") {
  std::vector<double> const rows{0, 0, 0, 2, 10, 10, 10, 12};
  auto const path =
      file("p.bin", std::string(reinterpret_cast<char const*>(rows.data()), rows.size() * sizeof rows[0]));

  CHECK(reference::lloyd({{path}, 2}, pel::Centroids({0, 0, 9, 9}, 2), 5, 0)(max_line) == "0,1\n10,11\n");
}

TEST_CASE("a step of gradient descent, and the best weights of a symmetric set") {
  auto const points = file("l.csv", "x,label\n1,1\n-1,0\n3,2\n");

  // At 0 the slope is -1/2; the intercept's is 0. The third line has no label.
  CHECK(numbers_of(reference::logistic({{points}, 0}, {false, 1, 0.5, 0.1, 0})(max_line)) == std::vector{0.25, 0.0});
  CHECK(reference::logistic({{points}, 0}, {false, 0, 0.5, 0.1, 0})(max_line).empty());
  auto const best = numbers_of(reference::logistic({{points}, 0}, {true, 50, 0, 0.1, 1e-12})(max_line));
  REQUIRE(best.size() == 2);
  // Where the slope is 0: 1 / (1 + exp(w)) = l2 w.
  CHECK(std::abs(1 / (1 + std::exp(best[0])) - 0.1 * best[0]) < 1e-12);
  CHECK(std::abs(best[1]) < 1e-12);
  auto const descended = numbers_of(reference::logistic({{points}, 0}, {false, 10000, 0.5, 0.1, 1e-12})(max_line));
  REQUIRE(descended.size() == 2);
  CHECK(std::abs(descended[0] - best[0]) < 1e-10);
}
