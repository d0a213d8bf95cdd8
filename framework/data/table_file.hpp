// A table of which each partition has its part, on its way to HDF5.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "data/flow.hpp"
#include "data/table_rows.hpp"
#include "data/text_pieces.hpp"

namespace pel::data {

struct TableContent;

// Whether what is written there is HDF5: one file, or parts ("table.h5/").
[[nodiscard]] bool is_hdf5_path(std::string const& path) noexcept;

// Columns wait as texts do: of all of them a rank holds 32 MiB, the rest lies on disk.
class TableFile {
 public:
  // `columns`: names and types; `paths`: where it goes, all of them HDF5.
  TableFile(Flow& flow, std::vector<engine::Column> columns, std::vector<std::string> const& paths);
  ~TableFile();
  TableFile(TableFile const&) = delete;
  TableFile& operator=(TableFile const&) = delete;

  // In a superstep: rows of a column of the partition, in order. Throws: WriteFailed.
  void add(Step& step, std::size_t column, ColumnPiece piece);
  // Nothing more comes: tells how much there is, behind what else the partition contributes. Throws: WriteFailed.
  void take(Step& step);
  // How much all have.
  void learn(Contributions all);
  // Writes it, as the path says: see make_table_output(). Collective: all ranks. Throws: WriteFailed.
  void write(std::string const& path);

 private:
  struct Part {
    TextPieces pieces;
    engine::ColumnExtent extent;
  };

  Flow& flow_;
  std::vector<engine::Column> columns_;
  std::vector<std::vector<Part>> parts_;  // by slot, then column
  std::unique_ptr<TableContent> content_;
};

}  // namespace pel::data
