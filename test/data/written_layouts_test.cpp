// write, write_records and write_csv with all layouts and any: files beside what a plain program writes.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "layouts.hpp"
#include "pel/csv.hpp"
#include "store/column_file.hpp"

using namespace pel::test;
using pel::Job;

namespace {

std::string plain_lines(Items const& items) {
  std::string text;
  for (auto const& item : all_of(items)) text += item.key + " " + std::to_string(item.value) + "\n";
  return text;
}

// The rows of a column of texts, each filled up with zeros to its width.
std::string plain_column(Items const& items, std::size_t width) {
  std::string bytes;
  for (auto const& item : all_of(items))
    bytes += item.key + std::string(width - std::min(width, item.key.size()), '\0');
  return bytes;
}

void compare_columns(std::string const& path, Items const& items, Differences& differences) {
  pel::store::ColumnFile const file(path, {"key", "value"});
  std::vector<std::int64_t> numbers(file.rows("value")), expected;
  for (auto const& item : all_of(items)) expected.push_back(item.value);
  std::string keys(file.rows("key") * file.row_bytes("key"), ' ');
  if (!numbers.empty()) file.read("value", 0, std::as_writable_bytes(std::span(numbers)));
  if (!keys.empty()) file.read("key", 0, std::as_writable_bytes(std::span(keys)));
  differences.compare("numbers of HDF5", numbers, expected);
  differences.compare("texts of HDF5", keys, plain_column(items, file.row_bytes("key")));
}

void write_tables(Job& job, Items const& items, Differences& differences) {
  auto const text = fresh_path(".txt"), columns = fresh_path(".h5");
  auto const n = given(job, items).write({text, columns});
  meet();
  differences.compare("number of write", n, all_of(items).size());
  differences.compare("write", contents_of(text), plain_lines(items));
  compare_columns(columns, items, differences);
}

// With commas and quotes in some keys.
constexpr auto with_quotes = [](auto const& item) {
  return Item{std::string(item.key) + (item.value % 5 == 1 ? "\",\"" : ""), item.value};
};

void write_csv(Job& job, Items const& items, Differences& differences) {
  std::string expected = "number,\"the \"\"key\"\"\"\n";
  for (auto const& item : all_of(items))
    expected +=
        std::to_string(item.value) + "," + (item.value % 5 == 1 ? "\"" + item.key + "\"\",\"\"\"" : item.key) + "\n";
  auto const n = pel::write_csv(given(job, items).map(with_quotes), job.output(), pel::column("number", pel::value_of),
                                pel::column("the \"key\"", pel::key_of));
  meet();
  differences.compare("rows of write_csv", n, all_of(items).size());
  differences.compare("write_csv", contents_of(job.output().front()), expected);
}

template <std::size_t n>
std::array<std::uint8_t, n> record_of(std::int64_t number) {
  std::array<std::uint8_t, n> record{};
  for (std::size_t i = 0; i < n; ++i) record[i] = static_cast<std::uint8_t>(static_cast<std::size_t>(number) * 7 + i);
  return record;
}

template <std::size_t n>
void compare_records(Job& job, Items const& items, Differences& differences) {
  std::string expected;
  for (auto const& item : all_of(items)) {
    auto const record = record_of<n>(item.value);
    expected.append(record.begin(), record.end());
  }
  auto const one = fresh_path(".bin"), copy = fresh_path(".bin");
  auto const records = given(job, items).map([](auto const& item) { return record_of<n>(item.value); });
  auto const written = records.write_records({one, copy});
  meet();
  differences.compare("number of write_records", written, all_of(items).size());
  for (auto const& path : {one, copy}) differences.compare("write_records", contents_of(path), expected);
}

void write_records(Job& job, Items const& items, Differences& differences) {
  compare_records<1>(job, items, differences);
  compare_records<12>(job, items, differences);
  compare_records<300>(job, items, differences);
}

}  // namespace

TEST_CASE("a table has a line and a row an element, in order, however elements lie") {
  CHECK(differences_of_layouts(write_tables) == "");
  CHECK(holds_for_any("tables", write_tables));
}

TEST_CASE("comma-separated values have a line an element, in order, with quotes where they are needed") {
  CHECK(differences_of_layouts(write_csv) == "");
  CHECK(holds_for_any("comma-separated values", write_csv));
}

TEST_CASE("records of one byte and of many lie one behind the other, however elements lie") {
  CHECK(differences_of_layouts(write_records) == "");
  CHECK(holds_for_any("records", write_records));
}
