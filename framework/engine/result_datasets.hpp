// Which datasets of an HDF5 file the columns of a result become: numbers one, texts one of strings of one width, or,
// packed, one of their bytes and one of where each ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/column_extent.hpp"
#include "engine/result_columns.hpp"
#include "store/result_file.hpp"

namespace pel::engine {

// One of them, and what of a column it holds: its values, or of packed texts the bytes or where each ends.
struct ResultDataset {
  enum class Content { values, ends, bytes };
  store::ColumnLayout layout;
  std::size_t column;
  Content content;

  // What a partition has of its rows.
  [[nodiscard]] std::uint64_t rows_in(ColumnExtents const& partition) const {
    return content == Content::bytes ? partition[column].bytes : partition[column].rows;
  }
};

// The datasets of a file that holds all partitions. Of `columns` only names and types matter. Example: 3 words in two
// partitions, the longest of 7 bytes: one dataset of 3 strings of 7 bytes.
[[nodiscard]] std::vector<ResultDataset> datasets_of(std::vector<Column> const& columns,
                                                     std::vector<ColumnExtents> const& partitions);

}  // namespace pel::engine
