#include "store/column_file.hpp"

#include <array>
#include <exception>

#include "store/checkpoint.hpp"
#include "store/hdf5.hpp"

namespace pel::store {

bool is_hdf5(std::filesystem::path const& path) noexcept try {
  ReadableFile const file(path);
  std::array<char, 8> begin{};
  if (file.size() < begin.size()) return false;
  file.read_at(0, std::as_writable_bytes(std::span(begin)));
  return begin == std::array<char, 8>{'\x89', 'H', 'D', 'F', '\r', '\n', '\x1a', '\n'};
} catch (std::exception const&) {
  return false;
}

ColumnFile::ColumnFile(std::filesystem::path const& path, std::vector<std::string> const& columns) try : file_(path) {
  auto const file = hdf5::open_file(path);
  for (auto const& name : columns) {
    auto const dataset = hdf5::open_dataset(file, "/" + name);
    auto const shape = hdf5::shape_of(dataset);
    Column column{hdf5::byte_offset(dataset), shape.empty() ? 0 : shape[0], hdf5::element_bytes(dataset)};
    if (column.rows > 0 &&
        (column.offset > file_.size() || column.rows > (file_.size() - column.offset) / column.row_bytes))
      throw Damaged(path, "column " + name + " is cut off");
    columns_[name] = column;
  }
} catch (hdf5::Error const& error) {
  throw Damaged(path, error.what());
}

void ColumnFile::read(std::string const& column, std::uint64_t first, std::span<std::byte> rows) const {
  if (rows.empty()) return;
  auto const& at = columns_.at(column);
  auto const n = rows.size() / at.row_bytes;
  if (rows.size() % at.row_bytes != 0 || first > at.rows || n > at.rows - first)
    throw Damaged(file_.path(), "column " + column + " has fewer rows than another says");
  file_.read_at(at.offset + first * at.row_bytes, rows);
}

}  // namespace pel::store
