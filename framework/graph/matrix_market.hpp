// The beginning of a Matrix Market file. Format: Boisvert, Pozo, Remington, "The Matrix Market exchange formats",
// NISTIR 5935, 1996.
#pragma once

#include <cstdint>
#include <optional>

#include "data/text_input.hpp"

namespace pel::graph {

// "%%MatrixMarket matrix coordinate real general", comments, then "rows columns entries".
struct MatrixHeader {
  bool weights = false;    // real or integer, not pattern
  bool symmetric = false;  // else general
  std::uint64_t rows = 0, entries = 0;
  std::int64_t size_line = 0;       // the number of the line that says so
  std::uint64_t entries_begin = 0;  // offset of the first line behind

  // Nothing if the text does not begin with "%%MatrixMarket" (in upper or lower case). Throws: BadData, with the place,
  // for what is no graph: an array, a complex, skew-symmetric or hermitian matrix, one that is not square.
  [[nodiscard]] static std::optional<MatrixHeader> read(data::TextSource const& text);
};

}  // namespace pel::graph
