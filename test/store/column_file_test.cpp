#include "store/column_file.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include "store/checkpoint.hpp"
#include "store/result_file.hpp"
#include "support/serial_test.hpp"

namespace {

using pel::store::ColumnFile;

// Columns "n" of five numbers and "text" of one row of 6 bytes.
std::filesystem::path columns() {
  auto path = pel::test::scratch() / "columns.h5";
  pel::store::ColumnLayout numbers, text;
  numbers.name = "n";
  numbers.type = pel::base::ElementType::u32;
  numbers.rows = 5;
  text.name = "text";
  text.text_width = 6;
  text.rows = 1;
  auto const offsets = pel::store::create_hdf5(path, {}, {numbers, text});
  std::vector<std::uint32_t> const values{10, 11, 12, 13, 14};
  std::string const word = "column";
  pel::store::write_at(path, offsets[0], std::as_bytes(std::span(values)));
  pel::store::write_at(path, offsets[1], std::as_bytes(std::span(word)));
  pel::store::publish(path);
  return path;
}

}  // namespace

TEST_CASE("rows are read from where a column has them") {
  ColumnFile const file(columns(), {"n", "text"});
  std::vector<std::uint32_t> some(3);
  std::string word(file.row_bytes("text"), ' ');

  file.read("n", 1, std::as_writable_bytes(std::span(some)));
  file.read("text", 0, std::as_writable_bytes(std::span(word)));

  CHECK(file.rows("n") == 5);
  CHECK(file.row_bytes("n") == 4);
  CHECK(some == std::vector<std::uint32_t>{11, 12, 13});
  CHECK(word == "column");
}

TEST_CASE("rows that are not there, columns that are not there, and other files are damage") {
  auto const path = columns();
  ColumnFile const file(path, {"n"});
  std::vector<std::uint32_t> some(3);
  auto const other = pel::test::scratch() / "other";
  std::ofstream(other) << "no columns";

  CHECK_THROWS_AS(file.read("n", 3, std::as_writable_bytes(std::span(some))), pel::store::Damaged);
  CHECK_THROWS_AS(ColumnFile(path, {"m"}), pel::store::Damaged);
  CHECK_THROWS_AS(ColumnFile(other, {"n"}), pel::store::Damaged);
  CHECK_THROWS_AS(ColumnFile(pel::test::scratch() / "none", {"n"}), pel::store::Damaged);
  CHECK(pel::store::is_hdf5(path));
  CHECK_FALSE(pel::store::is_hdf5(other));
}

TEST_CASE("a file that was cut is damage") {
  auto const path = columns();
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1);

  CHECK_THROWS_AS(ColumnFile(path, {"n", "text"}), pel::store::Damaged);
}
