// Points from files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "data/node.hpp"
#include "data/points.hpp"
#include "data/text_input.hpp"

namespace pel::data {

inline constexpr std::size_t widest_point = std::size_t{1} << 20;  // numbers

// What is wrong with a point: which of its numbers, counted from 0, and why.
struct PointProblem {
  std::size_t number;
  std::string why;
};
// What a program wants of points beside finite numbers. Looks at a point, once at least; any thread.
using PointCheck = std::function<std::optional<PointProblem>(std::span<double const>)>;

// What happens to binary points that are asked for again.
enum class Reread {
  files,   // they are read again, 8 GB a second and core from the page cache, and need no memory of the job's
  mapped,  // they are seen in the page cache, which takes half of that time, and count as memory of the job; where they
           // are more than a quarter of the budget, as above
};

// Rows of `width` doubles, 8 bytes each in the machine's order, one behind the other. Generators know their width,
// which may then be 0. Throws: BadData for a file that is no whole number of rows; UsageError for a width of 0 or above
// widest_point, and for a generator of another width or of no points; in the superstep that reads them first: BadData
// for a number that is not finite, and where `check` finds a problem.
[[nodiscard]] std::shared_ptr<Node<Point>> read_binary_points(std::shared_ptr<Flow> flow, TextInput input,
                                                              std::size_t width, PointCheck check = {},
                                                              Reread reread = Reread::files);

// A line a point, numbers separated by commas (blanks around them are passed over); a line of blanks alone is none,
// nor are names of columns in the first line of a file.
// Asked for a second time they are kept. `width`: what the first point has; see csv_width().
// Throws, in the superstep that reads: BadData with line and column for what is no finite number, another width, and
// where `check` finds a problem; up to `max_bad` such lines are left out (LineCheck).
[[nodiscard]] std::shared_ptr<Node<Point>> read_csv_points(std::shared_ptr<Flow> flow, TextInput input,
                                                           std::size_t width, PointCheck check = {},
                                                           std::uint64_t max_bad = 0);

// How many numbers the first line of a text has that holds nothing else. Throws: BadData where there is none.
[[nodiscard]] std::size_t csv_width(TextInput const& input);

// Whether it ends in .csv, .tsv or .txt (before .gz and .zst).
[[nodiscard]] bool is_text_name(std::string_view name);

// Whether the names of all sources are such: then they are texts. Throws: BadData where some are and some are not.
[[nodiscard]] bool are_texts(TextInput const& input);

}  // namespace pel::data
