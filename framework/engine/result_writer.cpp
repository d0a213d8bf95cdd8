#include "engine/result_writer.hpp"

#include <algorithm>
#include <cstring>

#include "base/digest.hpp"
#include "engine/result_columns.hpp"
#include "pel/error.hpp"
#include "store/result_file.hpp"

namespace pel::engine {
namespace {

// What all ranks must know of a partition's result, as it travels with the agreement: this, then rows and longest text
// of each column.
struct Head {
  base::Digest digest, layout;
  std::uint64_t text_bytes, columns;
};
struct Extent {
  std::uint64_t rows, width;
};

bool is_hdf5(std::string const& path) { return path.size() > 3 && path.compare(path.size() - 3, 3, ".h5") == 0; }

class ResultWriter {
 public:
  ResultWriter(World& world, Placement const& placement, HostedKernels const& kernels)
      : world_(world),
        kernels_(kernels),
        mine_(placement.partitions_of(world.rank())),
        count_(placement.partitions()) {}

  void collect(bool as_text) {
    results_.resize(mine_.size());
    texts_.resize(mine_.size());
    Report report;
    report.site = Site::write;
    std::vector<std::size_t> slots(mine_.size());
    for (std::size_t i = 0; i < slots.size(); ++i) slots[i] = i;
    std::vector<std::vector<std::byte>> extents(mine_.size());
    world_.guarded(report, world_.where(kernels_.name(), "write"), mine_, slots, [&](std::size_t slot, int) {
      kernels_.write(slot, {mine_[slot], count_}, results_[slot]);
      if (as_text) texts_[slot] = results_[slot].text();
      extents[slot] = describe(slot);
    });
    for (std::size_t slot = 0; slot < mine_.size(); ++slot)
      report.contributions.push_back({mine_[slot], extents[slot]});
    learn(world_.agreement().agree(report));
  }

  [[nodiscard]] std::string digest() const { return digest_; }

  void write_text(std::string const& path) {
    std::uint64_t total = 0;
    for (auto const bytes : text_bytes_) total += bytes;
    all_or_none(
        path, [&] { store::create_plain(path, total); },
        [&](std::size_t slot) {
          std::uint64_t offset = 0;
          for (std::size_t p = 0; p < index(mine_[slot]); ++p) offset += text_bytes_[p];
          store::write_at(path, offset, std::as_bytes(std::span(texts_[slot])));
        });
  }

  void write_hdf5(std::string const& path, std::vector<std::pair<std::string, std::string>> const& attributes) {
    auto const layout = layout_of_columns();
    std::string offsets;
    auto const create = [&] {
      auto const at = store::create_hdf5(path, attributes, layout);
      offsets.assign(reinterpret_cast<char const*>(at.data()), at.size() * sizeof at[0]);
    };
    all_or_none(
        path, create,
        [&](std::size_t slot) {
          for (std::size_t c = 0; c < layout.size(); ++c) {
            std::uint64_t offset = 0;
            std::memcpy(&offset, offsets.data() + c * sizeof offset, sizeof offset);
            for (std::size_t p = 0; p < index(mine_[slot]); ++p) offset += extents_[p][c].rows * layout[c].row_bytes();
            write_column(path, offset, results_[slot].columns()[c], layout[c].text_width);
          }
        },
        &offsets);
  }

 private:
  [[nodiscard]] std::vector<std::byte> describe(std::size_t slot) const {
    auto const& result = results_[slot];
    Head const head{result.digest(), result.layout_digest(), texts_[slot].size(), result.columns().size()};
    std::vector<std::byte> bytes(sizeof head + result.columns().size() * sizeof(Extent));
    std::memcpy(bytes.data(), &head, sizeof head);
    auto* at = bytes.data() + sizeof head;
    for (auto const& column : result.columns()) {
      Extent const extent{column.rows, column.longest_text()};
      std::memcpy(at, &extent, sizeof extent);
      at += sizeof extent;
    }
    return bytes;
  }

  void learn(Agreed const& agreed) {
    base::DigestStream all;
    base::Digest layout{};
    for (auto const bytes : agreed.contributions) {
      Head head{};
      std::memcpy(&head, bytes.data(), sizeof head);
      if (extents_.empty()) layout = head.layout;
      if (head.layout != layout)
        throw InternalError(__FILE__, __LINE__,
                            "partitions give results of different columns; write() must name the same ones everywhere");
      all.add(head.digest);
      text_bytes_.push_back(head.text_bytes);
      extents_.emplace_back(head.columns);
      if (head.columns > 0)
        std::memcpy(extents_.back().data(), bytes.data() + sizeof head, head.columns * sizeof(Extent));
    }
    digest_ = base::to_hex(all.finish());
  }

  [[nodiscard]] std::vector<store::ColumnLayout> layout_of_columns() const {
    std::vector<store::ColumnLayout> layout;
    for (std::size_t c = 0; c < results_[0].columns().size(); ++c) {
      auto const& column = results_[0].columns()[c];
      store::ColumnLayout dataset{column.name, column.type, column.row_shape, 0, 0};
      for (auto const& partition : extents_) {
        dataset.rows += partition[c].rows;
        if (column.text) dataset.text_width = std::max({dataset.text_width, partition[c].width, std::uint64_t{1}});
      }
      layout.push_back(dataset);
    }
    return layout;
  }

  static void write_column(std::string const& path, std::uint64_t offset, Column const& column, std::uint64_t width) {
    if (column.rows == 0) return;
    if (!column.text) return store::write_at(path, offset, column.bytes);
    std::vector<std::byte> padded(column.rows * width);
    for (std::uint64_t row = 0; row < column.rows; ++row) {
      auto const text = column.text_of(row);
      if (!text.empty()) std::memcpy(padded.data() + row * width, text.data(), text.size());
    }
    store::write_at(path, offset, padded);
  }

  // Rank 0 creates, all write their partitions, rank 0 gives the final name; nothing is left behind if any of it fails.
  void all_or_none(std::string const& path, std::function<void()> const& create,
                   std::function<void(std::size_t)> const& write, std::string* told = nullptr) {
    try {
      world_.together(Site::publish, "create", [&] {
        if (world_.rank() == 0) create();
      });
      if (told != nullptr) *told = world_.communicator().broadcast(*told, 0);
      world_.together(Site::publish, "output", [&] {
        for (std::size_t slot = 0; slot < mine_.size(); ++slot) write(slot);
        store::sync(path);
      });
      world_.together(Site::publish, "publish", [&] {
        if (world_.rank() == 0) store::publish(path);
      });
    } catch (...) {
      if (world_.rank() == 0) store::discard(path);
      throw;
    }
  }

  World& world_;
  HostedKernels const& kernels_;
  std::vector<PartitionId> mine_;
  std::uint32_t count_;
  std::vector<ResultColumns> results_;        // by slot
  std::vector<std::string> texts_;            // by slot
  std::vector<std::uint64_t> text_bytes_;     // by partition
  std::vector<std::vector<Extent>> extents_;  // by partition, then column
  std::string digest_;
};

}  // namespace

std::string write_results(World& world, Placement const& placement, HostedKernels const& kernels,
                          std::vector<std::string> const& outputs,
                          std::vector<std::pair<std::string, std::string>> const& attributes) {
  ResultWriter writer(world, placement, kernels);
  writer.collect(!std::all_of(outputs.begin(), outputs.end(), is_hdf5));
  for (auto const& path : outputs) {
    if (is_hdf5(path))
      writer.write_hdf5(path, attributes);
    else
      writer.write_text(path);
  }
  return writer.digest();
}

}  // namespace pel::engine
