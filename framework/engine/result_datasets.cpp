#include "engine/result_datasets.hpp"

#include <algorithm>
#include <string>

namespace pel::engine {
namespace {

std::string unused(std::string name, std::vector<Column> const& columns) {
  while (std::ranges::find(columns, name, &Column::name) != columns.end()) name += "_";
  return name;
}

}  // namespace

void ColumnExtent::add(ColumnExtent const& more) noexcept {
  rows += more.rows;
  longest = std::max(longest, more.longest);
  bytes += more.bytes;
}

std::vector<ResultDataset> datasets_of(std::vector<Column> const& columns,
                                       std::vector<ColumnExtents> const& partitions) {
  using base::ElementType;
  using Content = ResultDataset::Content;
  std::vector<ResultDataset> datasets;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    auto const& column = columns[c];
    ColumnExtent all;
    for (auto const& partition : partitions) all.add(partition[c]);
    if (!column.text) {
      datasets.push_back({{column.name, column.type, column.row_shape, 0, all.rows, {}}, c, Content::values});
    } else if (!store::better_packed(all.rows, all.longest, all.bytes)) {
      auto const width = std::max(all.longest, std::uint64_t{1});
      datasets.push_back({{column.name, column.type, {}, width, all.rows, {}}, c, Content::values});
    } else {
      auto const ends = unused(column.name + "_end", columns);
      datasets.push_back({{ends, ElementType::u64, {}, 0, all.rows, {}}, c, Content::ends});
      datasets.push_back({{column.name, ElementType::u8, {}, 0, all.bytes, "utf-8 bytes"}, c, Content::bytes});
    }
  }
  return datasets;
}

}  // namespace pel::engine
