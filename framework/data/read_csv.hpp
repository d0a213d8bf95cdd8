// Rows of comma-separated values as a dataset.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "data/csv_column.hpp"
#include "data/csv_reader.hpp"
#include "data/keeping.hpp"

namespace pel::data {

// Asked for a second time the rows are kept, as reading numbers costs more than keeping them.
template <class Row, class... Columns>
class CsvNode final : public KeepingNode<Row> {
 public:
  using typename Node<Row>::Sink;
  CsvNode(std::shared_ptr<Flow> flow, CsvReader reader, Columns... columns)
      : KeepingNode<Row>(std::move(flow)), reader_(std::move(reader)), columns_(std::move(columns)...) {}

 private:
  void ready() override {
    if (checked_) return;
    reader_.count_bad(*this->flow(), nullptr, [this](CsvLine const& line, std::span<std::size_t const> places) {
      Row row{};
      return fill(line, places, row, std::index_sequence_for<Columns...>());
    });
    checked_ = true;
  }

  void read(Step& step, Sink sink) override {
    Column<Row> rows;
    Row row{};
    reader_.for_each_row(step.partition(), [&](CsvLine const& line, std::span<std::size_t const> places) {
      auto problem = fill(line, places, row, std::index_sequence_for<Columns...>());
      if (!problem) rows.add(row);
      if (rows.size() == block_elements) {
        show_blocks(rows, sink);
        rows.clear();
      }
      return problem;
    });
    show_blocks(rows, sink);
  }

  template <std::size_t... i>
  std::optional<FieldProblem> fill(CsvLine const& line, std::span<std::size_t const> places, Row& row,
                                   std::index_sequence<i...>) const {
    std::optional<FieldProblem> problem;
    std::string why;
    (void)((std::get<i>(columns_).read(line[places[i]], row, why) ||
            (problem = FieldProblem{places[i], std::move(why)}, false)) &&
           ...);
    return problem;
  }

  CsvReader reader_;
  std::tuple<Columns...> columns_;
  bool checked_ = false;
};

}  // namespace pel::data
