// Rows of numbers in datasets of HDF5 files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/element_type.hpp"
#include "base/function_ref.hpp"
#include "data/byte_range.hpp"
#include "data/text_input.hpp"
#include "pel/partition.hpp"
#include "store/row_layout.hpp"

namespace pel::engine {
class JobCore;
}

namespace pel::data {

// FILE:/PATH/OF/DATASET. Example: "a.h5:/x/y" is {"a.h5", "/x/y"}; "a.h5" has no dataset; "a.h5/:/x" is of the files
// in a directory.
struct Hdf5Name {
  std::string file, dataset;
};
[[nodiscard]] Hdf5Name hdf5_name(std::string const& name);

// Whether a name is of HDF5: FILE ends in .h5 or .hdf5, before a / at its end.
[[nodiscard]] bool is_hdf5_input(std::string const& name);

// The rows of all datasets in a row, by number, all of one type and width. Partition p has those with numbers in
// [N p / P, N (p + 1) / P). Chunks that are compressed with gzip are unpacked by whoever reads them, on all threads; a
// chunk that two partitions share is unpacked for each.
class Hdf5Rows {
 public:
  struct Part {
    TextSource source;
    std::string dataset;
    store::RowLayout layout;
  };
  // Throws: BadData where types or widths differ.
  explicit Hdf5Rows(std::vector<Part> parts);

  [[nodiscard]] base::ElementType type() const noexcept { return type_; }
  [[nodiscard]] bool flat() const noexcept { return flat_; }  // one dimension
  [[nodiscard]] std::uint64_t width() const noexcept { return width_; }
  [[nodiscard]] std::uint64_t rows() const noexcept { return rows_; }
  [[nodiscard]] ByteRange share(Partition part) const noexcept { return share_of(rows_, part.index(), part.count); }

  // Shows the bytes of rows in order, in blocks of whole rows that are aligned as operator new aligns, valid during the
  // call. Throws: MissingInput if a file has vanished; BadData if one is damaged.
  void read(ByteRange rows, base::FunctionRef<void(std::span<std::byte const>)> sink) const;
  // Throws: BadData naming the dataset and the row.
  [[noreturn]] void refuse(std::uint64_t row, std::string const& problem) const;
  // Throws: BadData naming the first dataset, where type or width are others.
  void must_be(base::ElementType type, bool flat, std::uint64_t width) const;

 private:
  std::vector<Part> parts_;
  base::ElementType type_ = base::ElementType::f64;
  bool flat_ = false;
  std::uint64_t width_ = 0, rows_ = 0;
};

// Opens what the names say: FILE:/DATASET, where FILE may be a directory or a glob, whose files follow in the order of
// their names; `otherwise` is the dataset of names without one. Waits for a checkpoint that is being written.
// Collective: all ranks. Throws: on all of them: MissingInput, BadData; UsageError for a name without a dataset where
// there is no `otherwise`.
[[nodiscard]] Hdf5Rows open_hdf5(engine::JobCore& job, std::vector<std::string> const& names,
                                 std::string const& otherwise = {});

// The same on this rank alone, for what has been opened by all. Throws: MissingInput, BadData.
[[nodiscard]] Hdf5Rows open_hdf5_here(std::vector<std::string> const& names, std::string const& otherwise);

}  // namespace pel::data
