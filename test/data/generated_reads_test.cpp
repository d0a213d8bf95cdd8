#include "data/generated_reads.hpp"

#include <doctest/doctest.h>

#include <span>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "pel/sequences.hpp"
#include "run_datasets.hpp"
#include "splitmix_oracle.hpp"

using namespace pel::test;
using pel::Job;

namespace {

struct Kind {
  std::uint64_t n, length, genome, errors, seed;
  [[nodiscard]] std::string spec() const {
    return "reads:n=" + std::to_string(n) + ",length=" + std::to_string(length) + ",genome=" + std::to_string(genome) +
           ",errors=" + std::to_string(errors) + ",seed=" + std::to_string(seed);
  }
};

std::string genome(Kind const& kind) {
  std::string all;
  for (std::uint64_t i = 0; i < kind.genome; ++i) all += "ACGT"[keyed(kind.seed, {0, i / 32}) >> (i % 32 * 2) & 3U];
  return all;
}

std::vector<std::string> reads(Kind const& kind) {
  auto const whole = genome(kind);
  std::vector<std::string> all;
  for (std::uint64_t i = 0; i < kind.n; ++i) {
    auto read = whole.substr(keyed(kind.seed, {1, i}) % (kind.genome - kind.length + 1), kind.length);
    for (std::uint64_t j = 0; j < kind.length; ++j)
      if (auto const draw = keyed(kind.seed, {2, i, j}); draw % 1000 < kind.errors) {
        auto const right = std::string("ACGT").find(read[j]);
        read[j] = "ACGT"[(right + 1 + (draw >> 32U) % 3) % 4];
      }
    all.push_back(read);
  }
  return all;
}

std::string fasta(std::vector<std::string> const& all) {
  std::string text;
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto const number = std::to_string(i);
    text += ">" + std::string(12 - number.size(), '0') + number + "\n" + all[i] + "\n";
  }
  return text;
}

std::string lines(std::vector<std::string> const& all) {
  std::string text;
  for (auto const& one : all) text += one + "\n";
  return text;
}

std::vector<Kind> kinds() {
  return {{2'000, 100, 10'000, 0, 1},    {1'501, 37, 37, 0, 2},    {900, 150, 5'000, 10, 3},
          {50, 10'000, 1'000'000, 0, 1}, {300, 1, 2, 1000, ~0ULL}, {0, 100, 100, 0, 1}};
}

}  // namespace

TEST_CASE("generated reads are those of a plain loop") {
  for (auto const& kind : kinds()) {
    auto const expected = lines(reads(kind));
    for (auto const& shape : dataset_shapes()) {
      auto const done = run_datasets(shape.options(), [&](Job& job) {
        pel::read_sequences(job, {kind.spec()}, 30).write_lines(job.output(), [](auto letters, auto& out) {
          out << letters << '\n';
        });
      });
      CHECK((done.text == expected));
    }
  }
}

TEST_CASE("generated reads are the text of a FASTA file") {
  for (auto const& kind : kinds()) {
    auto const done = run_datasets({"--partitions", "7"}, [&](Job& job) {
      pel::read_lines(job, std::vector<std::string>{kind.spec()}).write(job.output());
    });
    CHECK((done.text == fasta(reads(kind))));
  }
}

TEST_CASE("so many letters in a thousand are wrong, and none by default") {
  Kind kind{1'000, 100, 5'000, 0, 4};
  auto const right = reads(kind);
  kind.errors = 20;
  auto const with_errors = reads(kind);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < right.size(); ++i)
    for (std::size_t j = 0; j < 100; ++j) wrong += right[i][j] == with_errors[i][j] ? 0 : 1;
  CHECK(wrong > 1'850);
  CHECK(wrong < 2'150);
}

TEST_CASE("generated reads keep their bytes from release to release") {
  pel::data::GeneratedReads const made("reads:n=1K,length=77,genome=3K,errors=5,seed=3");
  std::string bytes(made.size(), '?');
  made.read_at(0, bytes);
  CHECK(pel::base::to_hex(pel::base::digest_of(std::as_bytes(std::span(bytes)))) == "fe21dba056d2b2d37d688787b9f327b5");
}
