// Where the rows of an HDF5 dataset lie in its file: HDF5 is asked once, rows are then read past it, by any threads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/element_type.hpp"

namespace pel::store {

// What was done to a chunk before it was written.
enum class ChunkFilter : std::uint8_t { shuffle, deflate };

struct ChunkPlace {
  std::uint64_t offset = 0, bytes = 0;
  std::uint32_t skipped = 0;  // bit i: filter i was not applied
};

// A dataset of numbers with one dimension (rows of one number) or two. Contiguous, or in chunks of chunk_rows x
// chunk_width numbers, each of which is stored whole, also where it reaches beyond the dataset's edge.
struct RowLayout {
  base::ElementType type = base::ElementType::f64;
  bool flat = false;  // one dimension
  std::uint64_t rows = 0, width = 1;
  std::uint64_t offset = 0;      // where it is contiguous
  std::uint64_t chunk_rows = 0;  // 0: it is contiguous
  std::uint64_t chunk_width = 0;
  std::vector<ChunkPlace> chunks;  // by row of chunks, then by column
  std::vector<ChunkFilter> filters;

  [[nodiscard]] std::uint64_t row_bytes() const noexcept { return width * base::size_of(type); }
  [[nodiscard]] std::uint64_t chunks_across() const noexcept { return (width + chunk_width - 1) / chunk_width; }
};

// From the main thread. Throws: MissingInput if there is no dataset of that path; BadData if the file is damaged or no
// HDF5, or the dataset is none of the above: other types, more dimensions, other filters, or parts that were never
// written.
[[nodiscard]] RowLayout row_layout(std::filesystem::path const& path, std::string const& dataset);

}  // namespace pel::store
