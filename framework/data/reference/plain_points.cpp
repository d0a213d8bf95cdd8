#include "data/reference/plain_points.hpp"

#include <cstring>
#include <string_view>

#include "data/comparison.hpp"
#include "data/generated_rows.hpp"
#include "data/hdf5_rows.hpp"
#include "data/number_line.hpp"
#include "data/read_points.hpp"
#include "pel/error.hpp"
#include "pel/partition.hpp"

namespace pel::data::reference {
namespace {

void add_bytes(PlainPoints& points, std::span<std::byte const> bytes) {
  auto const before = points.values.size();
  points.values.resize(before + bytes.size() / sizeof(double));
  if (!bytes.empty()) std::memcpy(points.values.data() + before, bytes.data(), bytes.size());
}

// The first line that holds nothing but numbers says how many a point has.
void add_line(PlainPoints& points, std::string_view line) {
  auto const before = points.values.size();
  NumberLine numbers(line);
  for (double number = 0; numbers.next(number);) points.values.push_back(number);
  auto const n = points.values.size() - before;
  if (points.width == 0 && !numbers.bad()) points.width = n;
  if (numbers.bad() || n != points.width) points.values.resize(before);
}

PlainPoints rows_of_hdf5(std::vector<std::string> const& names) {
  auto const rows = open_hdf5_here(names, "/points");
  PlainPoints points{{}, rows.width()};
  rows.read({0, rows.rows()}, [&](std::span<std::byte const> bytes) { add_bytes(points, bytes); });
  return points;
}

}  // namespace

PlainPoints read_plain_points(PointFiles const& files, std::size_t max_line) {
  for (auto const& name : files.names)
    if (is_hdf5_input(name)) return rows_of_hdf5(files.names);
  auto const input = TextInput::open(files.names, is_text_name).with_max_line(max_line);
  PlainPoints points;
  if (are_texts(input)) {
    for (auto const line : Lines(input, Partition{}))
      if (line.find_first_not_of(" \t") != std::string_view::npos) add_line(points, line);
    return points;
  }
  points.width = files.width;
  auto const held = whole(input);
  for (auto const& source : held.sources()) {
    if (source.made) points.width = source.made->numbers();
    if (points.width == 0 || source.size % (points.width * sizeof(double)) != 0)
      throw BadData(source.name, 0, 0, static_cast<std::int64_t>(source.size), "has changed since the run");
    add_bytes(points, std::as_bytes(std::span(*source.held)));
  }
  return points;
}

}  // namespace pel::data::reference
