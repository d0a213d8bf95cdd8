// HDF5 files of columns, as result_file.hpp makes them, read by rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "store/file.hpp"

namespace pel::store {

// Whether the file begins as HDF5 does; a file that is not there does not.
[[nodiscard]] bool is_hdf5(std::filesystem::path const& path) noexcept;

// An open file and where its columns lie. HDF5 only says where; rows are then read past it, by any threads at once.
class ColumnFile {
 public:
  // Throws: Damaged if it is no such file, or lacks one of the columns.
  ColumnFile(std::filesystem::path const& path, std::vector<std::string> const& columns);

  [[nodiscard]] std::uint64_t rows(std::string const& column) const { return columns_.at(column).rows; }
  [[nodiscard]] std::uint64_t row_bytes(std::string const& column) const { return columns_.at(column).row_bytes; }
  // Reads rows from `first` on until `rows` is full. Throws: Damaged.
  void read(std::string const& column, std::uint64_t first, std::span<std::byte> rows) const;

 private:
  struct Column {
    std::uint64_t offset = 0, rows = 0, row_bytes = 0;
  };
  ReadableFile file_;
  std::map<std::string, Column> columns_;
};

}  // namespace pel::store
