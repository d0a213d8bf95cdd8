#include "data/table_output.hpp"

#include <cstring>
#include <optional>
#include <utility>

#include "data/shared_output.hpp"
#include "data/unpublished_parts.hpp"
#include "engine/driven_run.hpp"
#include "engine/job_core.hpp"
#include "engine/world.hpp"
#include "store/file.hpp"
#include "store/result_name.hpp"

namespace pel::data {
namespace {

using engine::ColumnExtents;
using engine::Site;
using Offsets = std::vector<std::uint64_t>;  // of datasets in a file

std::vector<store::ColumnLayout> layouts_of(TableContent const& content) {
  std::vector<store::ColumnLayout> layouts;
  for (auto const& dataset : content.datasets) layouts.push_back(dataset.layout);
  return layouts;
}

// One file, of which each partition knows its place.
class OneTable final : public TableOutput {
 public:
  OneTable(Flow& flow, std::string const& path, TableContent const& content)
      : flow_(flow),
        offsets_(content.datasets.size()),
        file_(flow, path, [&] { offsets_ = store::create_hdf5(path, content.attributes, layouts_of(content)); }) {
    std::string told(reinterpret_cast<char const*>(offsets_.data()), offsets_.size() * sizeof offsets_[0]);
    told = flow.job().world().communicator().broadcast(std::move(told), 0);
    std::memcpy(offsets_.data(), told.data(), told.size());
    ColumnExtents sum(content.extents.front().size());
    for (auto const& partition : content.extents) {
      before_.push_back(sum);
      for (std::size_t c = 0; c < sum.size(); ++c) sum[c].add(partition[c]);
    }
  }

  void begin(Step&) override {}
  [[nodiscard]] ColumnExtents const& before(Step const& step) const override {
    return before_[step.partition().index()];
  }
  void write(Step&, std::size_t dataset, std::uint64_t at, std::span<std::byte const> bytes) override {
    file_.write_at(offsets_[dataset] + at, bytes);
  }
  void end(Step&) override {}
  void publish() override {
    flow_.job().world().together(Site::publish, "sync", [&] { file_.sync(); });
    file_.publish();
  }

 private:
  Flow& flow_;
  Offsets offsets_;
  SharedOutput file_;
  std::vector<ColumnExtents> before_;  // by partition
};

// A file a partition.
class TableParts final : public TableOutput {
 public:
  TableParts(Flow& flow, std::string const& path, TableContent const& content)
      : flow_(flow),
        ending_(store::hdf5_ending(path)),
        directory_(flow, path),
        nothing_(content.extents.front().size()),
        offsets_(flow.slots()),
        files_(flow.slots()) {
    auto& world = flow.job().world();
    world.together(Site::publish, "create", [&] {  // all of them here: HDF5 is for the main thread alone
      auto const& mine = flow.run().mine();
      for (std::size_t slot = 0; slot < mine.size(); ++slot)
        offsets_[slot] = create({mine[slot], flow.partitions()}, content);
    });
  }

  void begin(Step& step) override {
    files_[step.slot].emplace(store::WritableFile::open(directory_.part(step.partition(), ending_)));
  }
  [[nodiscard]] ColumnExtents const& before(Step const&) const override { return nothing_; }
  void write(Step& step, std::size_t dataset, std::uint64_t at, std::span<std::byte const> bytes) override {
    files_[step.slot]->write_at(offsets_[step.slot][dataset] + at, bytes);
  }
  void end(Step& step) override {
    auto& file = files_[step.slot];
    file->sync();
    file->close();
    file.reset();
  }
  void publish() override {
    flow_.job().world().together(Site::publish, "sync", [&] { directory_.sync(); });
    directory_.publish();
  }

 private:
  [[nodiscard]] Offsets create(Partition partition, TableContent const& content) const {
    auto layouts = layouts_of(content);
    for (std::size_t d = 0; d < layouts.size(); ++d)
      layouts[d].rows = content.datasets[d].rows_in(content.extents[partition.index()]);
    auto attributes = content.attributes;
    attributes.emplace_back("partition", static_cast<std::int64_t>(partition.index()));
    return store::create_hdf5_part(directory_.part(partition, ending_), attributes, layouts);
  }

  Flow& flow_;
  std::string ending_;
  UnpublishedParts directory_;
  ColumnExtents nothing_;
  std::vector<Offsets> offsets_;                           // by slot
  std::vector<std::optional<store::WritableFile>> files_;  // by slot, while its partition is written
};

}  // namespace

std::unique_ptr<TableOutput> make_table_output(Flow& flow, std::string const& path, TableContent const& content) {
  if (store::asks_for_parts(path)) return std::make_unique<TableParts>(flow, path, content);
  return std::make_unique<OneTable>(flow, path, content);
}

}  // namespace pel::data
