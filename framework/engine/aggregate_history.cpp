#include "engine/aggregate_history.hpp"

#include <algorithm>
#include <span>

namespace pel::engine {

// Appends a row to each column; the first visit makes them.
class AggregateHistory::Column final : public StateVisitor {
 public:
  explicit Column(std::vector<store::FieldHistory>& columns) : columns_(columns) {}
  [[nodiscard]] bool wants_bytes() const override { return true; }
  [[nodiscard]] bool wants_archives() const override { return false; }
  void visit(store::FieldInfo const& info, std::uint64_t rows, std::span<std::byte const> bytes) override {
    if (info.opaque || rows != 1) return;  // a vector may have another length each time
    auto column = std::ranges::find(columns_, info, &store::FieldHistory::info);
    if (column == columns_.end()) column = columns_.insert(column, store::FieldHistory{info, 0, {}});
    column->bytes.insert(column->bytes.end(), bytes.begin(), bytes.end());
    ++column->rows;
  }

 private:
  std::vector<store::FieldHistory>& columns_;
};

void AggregateHistory::note(std::int64_t superstep, HostedKernels& kernels) {
  if (superstep % every_ != 0) return;
  Column column(columns_);
  column.visit({"superstep", base::ElementType::i64, {}, false}, 1, std::as_bytes(std::span(&superstep, 1)));
  kernels.visit_aggregate(column);
  auto const rows = columns_.front().rows;
  std::erase_if(columns_, [&](store::FieldHistory const& one) { return one.rows != rows; });  // a vector
  if (rows >= most) thin_out();
}

void AggregateHistory::thin_out() {
  every_ *= 2;
  std::vector<std::int64_t> supersteps(columns_.front().rows);
  std::ranges::copy(columns_.front().bytes, std::as_writable_bytes(std::span(supersteps)).begin());
  for (auto& column : columns_) {
    std::vector<std::byte> kept;
    auto const bytes = column.info.row_bytes();
    for (std::uint64_t row = 0; row < column.rows; ++row)
      if (supersteps[row] % every_ == 0)
        kept.insert(kept.end(), column.bytes.begin() + static_cast<std::ptrdiff_t>(row * bytes),
                    column.bytes.begin() + static_cast<std::ptrdiff_t>((row + 1) * bytes));
    column.rows = kept.size() / bytes;
    column.bytes = std::move(kept);
  }
}

}  // namespace pel::engine
