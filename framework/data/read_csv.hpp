// Rows of comma-separated values as a dataset.
#pragma once

#include <cstddef>
#include <cstdint>
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
#include "data/line_check.hpp"

namespace pel::data {

// Asked for a second time the rows are kept, as reading numbers costs more than keeping them.
template <class Row, class... Columns>
class CsvNode final : public KeepingNode<Row> {
 public:
  using typename Node<Row>::Sink;
  CsvNode(std::shared_ptr<Flow> flow, CsvReader reader, std::uint64_t max_bad, Columns... columns)
      : KeepingNode<Row>(std::move(flow)),
        reader_(std::move(reader)),
        columns_(std::move(columns)...),
        check_(std::make_shared<LineCheck>(reader_.input(), max_bad, [this](Partition part, LineCheck::Found found) {
          Row row{};
          reader_.for_each_row(
              part, [&](CsvLine const& line, std::span<std::size_t const> places) { return fill(line, places, row); },
              found);
        })) {}

 private:
  void ready() override { LineCheck::before(check_, *this->flow()); }

  void read(Step& step, Sink sink) override {
    Column<Row> rows;
    Row row{};
    reader_.for_each_row(
        step.partition(),
        [&](CsvLine const& line, std::span<std::size_t const> places) {
          auto problem = fill(line, places, row);
          if (!problem) rows.add(row);
          if (rows.size() == block_elements) {
            show_blocks(rows, sink);
            rows.clear();
          }
          return problem;
        },
        [&](BadLine line) { check_->meet(line); });
    show_blocks(rows, sink);
  }

  std::optional<FieldProblem> fill(CsvLine const& line, std::span<std::size_t const> places, Row& row) const {
    return fill(line, places, row, std::index_sequence_for<Columns...>());
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
  std::shared_ptr<LineCheck> check_;
};

}  // namespace pel::data
