#include "engine/result_writer.hpp"

#include <algorithm>
#include <cstring>

#include "base/digest.hpp"
#include "comm/block_transfer.hpp"
#include "engine/result_columns.hpp"
#include "engine/result_datasets.hpp"
#include "pel/error.hpp"
#include "store/result_file.hpp"
#include "store/result_name.hpp"

namespace pel::engine {
namespace {

// What all ranks must know of a partition's result, as it travels with the agreement: this, then the extent of each
// column.
struct Head {
  base::Digest digest, layout;
  std::uint64_t text_bytes, columns;
};

class ResultWriter {
 public:
  ResultWriter(World& world, Placement const& placement, ResultSource const& source)
      : world_(world),
        placement_(placement),
        source_(source),
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
    world_.guarded(report, world_.where(source_.name, "write"), mine_, slots, [&](std::size_t slot, int) {
      source_.write(slot, {mine_[slot], count_}, results_[slot]);
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

  // What the check says of the whole text, on all ranks.
  [[nodiscard]] std::string checked(ResultCheck const& check) {
    auto text = text_on_rank_0();
    std::string mismatch;
    world_.together(Site::end, "verify", [&] {
      if (world_.rank() == 0) mismatch = check(std::move(text));
    });
    return world_.communicator().broadcast(mismatch, 0);
  }

  void write_hdf5(std::string const& path, store::Attributes const& attributes) {
    auto const datasets = datasets_of(results_[0].columns(), extents_);
    std::vector<store::ColumnLayout> layout;
    for (auto const& dataset : datasets) layout.push_back(dataset.layout);
    std::string offsets;
    auto const create = [&] {
      auto const at = store::create_hdf5(path, attributes, layout);
      offsets.assign(reinterpret_cast<char const*>(at.data()), at.size() * sizeof at[0]);
    };
    all_or_none(
        path, create,
        [&](std::size_t slot) {
          for (std::size_t d = 0; d < datasets.size(); ++d) {
            std::uint64_t offset = 0;
            std::memcpy(&offset, offsets.data() + d * sizeof offset, sizeof offset);
            write_slice(path, offset, datasets[d], slot);
          }
        },
        &offsets);
  }

 private:
  [[nodiscard]] std::uint64_t text_bytes_of(int rank) const {
    std::uint64_t bytes = 0;
    for (auto const partition : placement_.partitions_of(rank)) bytes += text_bytes_[index(partition)];
    return bytes;
  }

  // The texts of all partitions, in their order, on rank 0; elsewhere nothing.
  [[nodiscard]] std::string text_on_rank_0() {
    std::string mine;
    for (auto& text : texts_) mine += std::exchange(text, {});
    world_.communicate("result", [&] {
      std::vector<comm::OutStream> out;
      std::vector<comm::InStream> in;
      auto* const bytes = reinterpret_cast<std::byte*>(mine.data());
      auto const own = mine.size();
      if (world_.rank() != 0) {
        auto const lies_there = [bytes](std::uint64_t offset, std::uint64_t n) {
          return std::span<std::byte const>(bytes + offset, n);
        };
        if (own > 0) out.push_back({.to = 0, .bytes = own, .fill = {}, .in_place = lies_there});
      } else {
        std::uint64_t all = 0;
        for (int rank = 0; rank < world_.ranks(); ++rank) all += text_bytes_of(rank);
        mine.resize(all);
        std::uint64_t at = own;
        for (int rank = 1; rank < world_.ranks(); ++rank) {
          auto const n = text_bytes_of(rank);
          if (n > 0) in.push_back({.from = rank, .data = reinterpret_cast<std::byte*>(mine.data()) + at, .bytes = n});
          at += n;
        }
      }
      constexpr int tag = 7;
      comm::BlockTransfer(world_.communicator(), {}).run(out, in, tag);
    });
    if (world_.rank() != 0) mine.clear();
    return mine;
  }

  [[nodiscard]] std::vector<std::byte> describe(std::size_t slot) const {
    auto const& result = results_[slot];
    Head const head{result.digest(), result.layout_digest(), texts_[slot].size(), result.columns().size()};
    std::vector<std::byte> bytes(sizeof head + result.columns().size() * sizeof(ColumnExtent));
    std::memcpy(bytes.data(), &head, sizeof head);
    auto* at = bytes.data() + sizeof head;
    for (auto const& column : result.columns()) {
      ColumnExtent const extent{column.rows, column.longest_text(), column.bytes.size()};
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
        std::memcpy(extents_.back().data(), bytes.data() + sizeof head, head.columns * sizeof(ColumnExtent));
    }
    digest_ = base::to_hex(all.finish());
  }

  // Writes the partition's slice of a dataset that begins at `offset`.
  void write_slice(std::string const& path, std::uint64_t offset, ResultDataset const& dataset,
                   std::size_t slot) const {
    auto const& column = results_[slot].columns()[dataset.column];
    if (column.rows == 0) return;
    std::uint64_t bytes_before = 0;
    for (std::size_t p = 0; p < index(mine_[slot]); ++p) {
      offset += dataset.rows_in(extents_[p]) * dataset.layout.row_bytes();
      bytes_before += extents_[p][dataset.column].bytes;
    }
    if (dataset.content == ResultDataset::Content::ends) {
      auto ends = column.ends;
      for (auto& end : ends) end += bytes_before;
      store::write_at(path, offset, std::as_bytes(std::span(ends)));
    } else if (dataset.layout.text_width > 0) {
      store::write_at(path, offset, padded(column, dataset.layout.text_width));
    } else {
      store::write_at(path, offset, column.bytes);
    }
  }

  static std::vector<std::byte> padded(Column const& column, std::uint64_t width) {
    std::vector<std::byte> bytes(column.rows * width);
    for (std::uint64_t row = 0; row < column.rows; ++row) {
      auto const text = column.text_of(row);
      if (!text.empty()) std::memcpy(bytes.data() + row * width, text.data(), text.size());
    }
    return bytes;
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
  Placement const& placement_;
  ResultSource const& source_;
  std::vector<PartitionId> mine_;
  std::uint32_t count_;
  std::vector<ResultColumns> results_;     // by slot
  std::vector<std::string> texts_;         // by slot
  std::vector<std::uint64_t> text_bytes_;  // by partition
  std::vector<ColumnExtents> extents_;     // by partition
  std::string digest_;
};

}  // namespace

Written write_results(World& world, Placement const& placement, ResultSource const& source,
                      std::vector<std::string> const& outputs, store::Attributes const& attributes,
                      ResultCheck const& check) {
  ResultWriter writer(world, placement, source);
  writer.collect(check || !std::all_of(outputs.begin(), outputs.end(), store::is_hdf5_name));
  for (auto const& path : outputs) {
    if (store::is_hdf5_name(path))
      writer.write_hdf5(path, attributes);
    else
      writer.write_text(path);
  }
  return {writer.digest(), check ? writer.checked(check) : ""};
}

}  // namespace pel::engine
