// Sorting records of files: on one rank where they lie, if there is memory; with the same bits as otherwise.
#include "data/sort_references.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "compressed.hpp"
#include "pel/dataset.hpp"
#include "pel/error.hpp"
#include "run_datasets.hpp"

using namespace pel::test;
using pel::Job;

namespace {

// A key with many ties; behind it the record's number.
using RecordKey = std::array<std::uint8_t, 12>;
struct Record {
  RecordKey key;
  std::uint32_t number;
  std::array<std::uint8_t, 88> rest;
};
static_assert(sizeof(Record) == 104 && pel::data::worth_referring<Record, RecordKey>);
static_assert(!pel::data::worth_referring<std::uint64_t, std::uint64_t>);
static_assert(!pel::data::worth_referring<Record, std::array<std::uint8_t, 16>>);  // others may write to the file

constexpr auto key_of = [](Record const& record) { return record.key; };

std::vector<Record> records(std::uint64_t n, std::uint64_t keys) {
  std::vector<Record> made(n);
  for (std::uint64_t i = 0; i < n; ++i) {
    auto const draw = pel::base::mix64(i) % keys;
    made[i].key[draw % 2 == 0 ? 0 : 11] = static_cast<std::uint8_t>(draw);
    made[i].number = static_cast<std::uint32_t>(i);
    made[i].rest.fill(static_cast<std::uint8_t>(i));
  }
  return made;
}

std::string bytes_of(std::vector<Record> const& all) {
  return {reinterpret_cast<char const*>(all.data()), all.size() * sizeof(Record)};
}

std::string sorted(std::vector<Record> all) {
  std::stable_sort(all.begin(), all.end(), [](Record const& a, Record const& b) { return a.key < b.key; });
  return bytes_of(all);
}

Done sort_files(std::vector<std::string> const& options, std::vector<std::string> const& files) {
  return run_datasets(
      options, [&](Job& job) { pel::read_records<Record>(job, files).sort_by(key_of).write_records(job.output()); });
}

}  // namespace

TEST_CASE("records of files are sorted as std::stable_sort does") {
  for (auto const n : {0U, 1U, 20'000U})
    for (auto const keys : {1U, 5U, 251U}) {
      auto const all = records(n, keys);
      auto const path = text_file(bytes_of(all));
      for (auto const& shape : dataset_shapes()) CHECK((sort_files(shape.options(), {path}).text == sorted(all)));
    }
}

TEST_CASE("so are those of several files, of which one is packed") {
  auto const all = records(20'000, 251);
  auto const packed = fresh_path(".gz");
  if (rank() == 0)
    std::ofstream(packed, std::ios::binary) << gzipped(bytes_of({all.begin() + 7'001, all.begin() + 7'101}));
  std::vector<std::string> files{text_file(bytes_of({all.begin(), all.begin() + 7'001})), text_file(""), packed,
                                 text_file(bytes_of({all.begin() + 7'101, all.end()}))};
  for (auto const& shape : dataset_shapes()) CHECK((sort_files(shape.options(), files).text == sorted(all)));
}

TEST_CASE("with memory for none, for the mail alone, or for all there are the same bits") {
  auto const all = records(20'000, 251);
  auto const path = text_file(bytes_of(all));
  for (auto const* const memory : {"300K", "2M", "5M", "20M"})
    CHECK((sort_files({"--partitions", "7", "--memory", memory}, {path}).text == sorted(all)));
}

TEST_CASE("a sorted dataset that is kept does not need its file any more") {
  auto const all = records(5'000, 251);
  auto const path = text_file(bytes_of(all));
  auto const done = run_datasets({"--partitions", "7"}, [&](Job& job) {
    auto const kept = pel::read_records<Record>(job, {path}).sort_by(key_of).named("sorted");
    CHECK(kept.size() == all.size());
    meet();
    if (rank() == 0) CHECK(::truncate(path.c_str(), 0) == 0);
    meet();
    kept.write_records(job.output());
  });
  CHECK((done.text == sorted(all)));
}

TEST_CASE("a file that is cut short while its records are put in order is bad data") {
  if (ranks() > 1) return;  // they have all been moved by then
  auto const all = records(20'000, 251);
  auto const path = text_file(bytes_of(all));
  CHECK_THROWS_AS((void)run_datasets({"--partitions", "7"},
                                     [&](Job& job) {
                                       pel::read_records<Record>(job, {path})
                                           .sort_by(key_of)
                                           .write_lines(job.output(), [&](Record const& record, auto& out) {
                                             CHECK(::truncate(path.c_str(), 0) == 0);
                                             out << record.number << '\n';
                                           });
                                     }),
                  pel::BadData);
}
