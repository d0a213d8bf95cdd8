// A table of which each partition has its part, as an HDF5 file.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "data/flow.hpp"
#include "engine/result_columns.hpp"

namespace pel::data {

[[nodiscard]] bool is_hdf5_name(std::string const& path) noexcept;

class TableFile {
 public:
  explicit TableFile(Flow& flow);
  ~TableFile();
  TableFile(TableFile const&) = delete;
  TableFile& operator=(TableFile const&) = delete;

  // What a slot's part is, to be filled in a superstep.
  [[nodiscard]] engine::ResultColumns& columns(std::size_t slot) { return columns_[slot]; }
  // Writes the file, complete or absent. Collective: all ranks. Throws: WriteFailed.
  void write(std::string const& path);

 private:
  Flow& flow_;
  std::vector<engine::ResultColumns> columns_;  // by slot
};

}  // namespace pel::data
