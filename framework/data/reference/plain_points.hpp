// All points of files in a row, on one rank.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "data/reference/references.hpp"

namespace pel::data::reference {

struct PlainPoints {
  std::vector<double> values;
  std::size_t width = 0;

  [[nodiscard]] std::size_t size() const noexcept { return width == 0 ? 0 : values.size() / width; }
  [[nodiscard]] std::span<double const> operator[](std::size_t i) const noexcept {
    return std::span(values).subspan(i * width, width);
  }
};

// Lines of texts that are no points are left out: whoever has read them before has refused them, or was told to leave
// them out. Throws: MissingInput, BadData if a file has changed.
[[nodiscard]] PlainPoints read_plain_points(PointFiles const& files, std::size_t max_line);

}  // namespace pel::data::reference
