#include "data/generated_tera.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "pel/dataset.hpp"
#include "pel/error.hpp"
#include "pel/tera.hpp"
#include "run_datasets.hpp"
#include "splitmix_oracle.hpp"

using namespace pel::test;
using pel::Job;
using pel::TeraRecord;

namespace {

std::string record(std::string const& kind, std::uint64_t seed, std::uint64_t i) {
  std::string key;
  for (std::uint64_t k = 0; k < 10; ++k)
    key += static_cast<char>(splitmix(seed << 40U | (2 * i + k / 8)) >> (k % 8 * 8) & 255U);
  auto const draw = splitmix(seed << 40U | i | std::uint64_t{1} << 63U);
  if (kind == "skew" && draw % 100 < 70) key = "SKEWEDKEY" + std::string(1, static_cast<char>(draw % 4));
  if (kind == "equal") key = "AAAAAAAAAA";
  std::array<char, 40> number{};
  (void)std::snprintf(number.data(), number.size(), " %032llx", static_cast<unsigned long long>(i));
  return key + number.data() + std::string(56, static_cast<char>('A' + i % 26)) + "\n";
}

std::vector<std::string> records(std::string const& kind, std::uint64_t seed, std::uint64_t n) {
  std::vector<std::string> all;
  for (std::uint64_t i = 0; i < n; ++i) all.push_back(record(kind, seed, i));
  return all;
}

std::string joined(std::vector<std::string> const& all) {
  std::string bytes;
  for (auto const& one : all) bytes += one;
  return bytes;
}

std::string sorted(std::vector<std::string> all) {
  std::stable_sort(all.begin(), all.end(),
                   [](auto const& a, auto const& b) { return a.substr(0, 10) < b.substr(0, 10); });
  return joined(all);
}

Done copied(Words const& options, std::vector<std::string> const& names) {
  return run_datasets(options,
                      [&](Job& job) { pel::read_records<TeraRecord>(job, names).write_records(job.output()); });
}

Done sorted_by_key(Words const& options, std::vector<std::string> const& names) {
  return run_datasets(options, [&](Job& job) {
    pel::read_records<TeraRecord>(job, names)
        .sort_by([](TeraRecord const& one) { return one.key; })
        .write_records(job.output());
  });
}

}  // namespace

TEST_CASE("generated records are those of a plain loop") {
  for (std::string const kind : {"uniform", "skew", "equal"})
    for (auto const n : {0U, 1U, 5'003U}) {
      auto const spec = "tera:n=" + std::to_string(n) + ",kind=" + kind + ",seed=5";
      auto const expected = joined(records(kind, 5, n));
      for (auto const& shape : dataset_shapes()) CHECK((copied(shape.options(), {spec}).text == expected));
    }
}

TEST_CASE("generated records are sorted as those of a file, in little memory too") {
  for (std::string const kind : {"uniform", "skew"}) {
    auto const all = records(kind, 1, 20'000);
    auto const path = text_file(joined(all));
    auto const spec = "tera:n=20K,kind=" + kind;
    for (auto const& shape : dataset_shapes()) {
      auto const of_file = sorted_by_key(shape.options(), {path}), made = sorted_by_key(shape.options(), {spec});
      CHECK((made.text == sorted(all)));
      CHECK((made == of_file));
    }
    CHECK((sorted_by_key({"--partitions", "7", "--memory", "300K"}, {spec}).text == sorted(all)));
  }
}

TEST_CASE("files and generators are one input, in their order") {
  auto const front = records("uniform", 1, 50), back = records("uniform", 2, 61);
  auto const path = text_file(joined(front));
  CHECK((copied({"--partitions", "7"}, {path, "tera:n=61,seed=2"}).text == joined(front) + joined(back)));
  CHECK((copied({"--partitions", "7"}, {"tera:n=61,seed=2", path}).text == joined(back) + joined(front)));
}

TEST_CASE("seven records in ten have one of four hot keys where they are skewed") {
  std::map<std::string, int> times;
  pel::data::GeneratedTera const made("tera:n=10K,kind=skew");
  for (std::uint64_t i = 0; i < made.rows(); ++i) {
    std::string key(10, '?');
    made.read_at(i * 100, key);
    ++times[key];
  }
  int hot = 0;
  for (char last = 0; last < 4; ++last) hot += times["SKEWEDKEY" + std::string(1, last)];
  CHECK(hot > 6'800);
  CHECK(hot < 7'200);
  CHECK(times.size() == 10'000U - static_cast<unsigned>(hot) + 4);
}

TEST_CASE("records of another size are refused") {
  CHECK_THROWS_AS(
      (void)run_datasets({}, [](Job& job) { (void)pel::read_records<std::uint64_t>(job, {"tera:n=8"}).size(); }),
      pel::UsageError);
}
