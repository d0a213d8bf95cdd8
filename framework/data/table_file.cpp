#include "data/table_file.hpp"

#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "data/output_file.hpp"
#include "data/table_output.hpp"
#include "engine/driven_run.hpp"
#include "engine/job_core.hpp"
#include "store/result_name.hpp"

namespace pel::data {

bool is_hdf5_path(std::string const& path) noexcept { return store::is_hdf5_result(path); }

TableFile::TableFile(Flow& flow, std::vector<engine::Column> columns, std::vector<std::string> const& paths)
    : flow_(flow), columns_(std::move(columns)), parts_(flow.slots()), content_(std::make_unique<TableContent>()) {
  auto const& settings = flow_.run().settings();
  content_->attributes = {{"app", settings.app}, {"partitions", settings.partitions}};
  auto const beside = existing_directory_of(paths);
  for (auto& part : parts_)
    for (std::size_t c = 0; c < columns_.size(); ++c) part.push_back({TextPieces(flow.memory(), beside), {}});
}

TableFile::~TableFile() = default;

void TableFile::add(Step& step, std::size_t column, ColumnPiece piece) {
  auto& part = parts_[step.slot][column];
  part.extent.add(piece.extent);
  if (!piece.bytes.empty()) part.pieces.add(std::move(piece.bytes));
}

void TableFile::take(Step& step) {
  for (auto& part : parts_[step.slot]) {
    part.pieces.finish();
    contribute(step, part.extent);
  }
}

void TableFile::learn(Contributions all) {
  content_->extents.clear();
  for (auto const bytes : all) {
    auto& extents = content_->extents.emplace_back(columns_.size());
    auto const n = extents.size() * sizeof extents[0];
    std::memcpy(extents.data(), bytes.last(n).data(), n);
  }
  content_->datasets = engine::datasets_of(columns_, content_->extents);
}

void TableFile::write(std::string const& path) {
  flow_.job().settle_checkpoints();
  auto const file = make_table_output(flow_, path, *content_);
  flow_.superstep("write_file", [&](Step& step) {
    file->begin(step);
    auto const& before = file->before(step);
    for (std::size_t d = 0; d < content_->datasets.size(); ++d) {
      auto const& dataset = content_->datasets[d];
      auto const first = dataset.rows_in(before) * dataset.layout.row_bytes();
      show_rows(parts_[step.slot][dataset.column].pieces, dataset, before[dataset.column].bytes,
                [&](std::uint64_t at, std::span<std::byte const> bytes) { file->write(step, d, first + at, bytes); });
    }
    file->end(step);
  });
  file->publish();
}

}  // namespace pel::data
