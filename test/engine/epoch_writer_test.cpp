#include "engine/epoch_writer.hpp"

#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <pel/pel.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/machine.hpp"
#include "pel/hosted_kernels.hpp"
#include "store/hdf5_library.hpp"
#include "store/part_stream.hpp"
#include "support/mpi_test.hpp"

using pel::engine::CheckpointMode;
using pel::engine::EpochWriter;
using pel::engine::Mailroom;
using pel::engine::Ownership;
using pel::engine::Placement;
using pel::engine::RunSettings;
using pel::engine::World;

namespace {

constexpr std::size_t numbers = 200'000;  // of a partition

// What goes wrong in serialize(), and at which visit of a state.
struct Fault {
  int visits_before = -1;
};

class Block {
 public:
  using Message = pel::NoMessage;
  using Aggregate = pel::NoAggregate;
  Block(pel::Partition part, std::size_t n, Fault const& fault)
      : values_(n, static_cast<double>(part.index())), fault_(fault) {
    names_["partition"] = static_cast<int>(part.index());
  }
  pel::Vote superstep(pel::Superstep<Block>&) { return pel::Vote::halt; }
  void serialize(auto& archive, unsigned) {
    if (fault_.visits_before >= 0 && visits_++ == fault_.visits_before) throw std::runtime_error("no more of it");
    pel::fields(archive, "values", values_, "names", names_);
  }
  void write(pel::Output&) const {}

 private:
  std::vector<double> values_;
  std::map<std::string, int> names_;  // an archive
  Fault fault_;
  int visits_ = 0;
};

// A job that writes checkpoints and does nothing else.
struct Job {
  explicit Job(CheckpointMode mode, std::optional<std::uint64_t> memory = {}, std::size_t n = numbers,
               Fault const& fault = {}, std::string const& name = "ckpt")
      : world(pel::comm::Communicator::world(), 2, pel::base::Log(), pel::base::Fault("")),
        placement(Placement::contiguous(8, world.ranks())),
        mine(placement.partitions_of(world.rank())),
        mailroom(world, placement),
        kernels([n, fault](pel::Partition part) { return Block(part, n, fault); }),
        ownership(world, world.communicator().broadcast((pel::test::scratch() / name).string(), 0), "block"),
        awake(mine.size(), 1) {
    pel::store::open_hdf5_library();
    settings.app = "block";
    settings.partitions = 8;
    settings.checkpoint_mode = mode;
    settings.checkpoint_memory = memory;
    kernels.resize(mine.size(), 1);
    for (std::size_t slot = 0; slot < mine.size(); ++slot) kernels.construct(slot, {mine[slot], 8});
    ownership.claim();
    writer.emplace(world, placement, settings, kernels, ownership);
    writer->set_home(pel::store::CheckpointDirectory(ownership.directory(), ownership.incarnation()),
                     {{"kernel", "block"}});
  }
  bool write(std::int64_t superstep) {
    bool const begun = writer->begin(superstep, mailroom, awake);
    bool const committed = writer->complete();
    return begun && committed;
  }
  // What this rank's part of an epoch has in it, but for when it was written: sizes and all checksums.
  [[nodiscard]] std::string contents(std::int64_t superstep) const {
    pel::store::CheckpointDirectory const directory(ownership.directory());
    pel::store::Epoch const epoch{superstep, directory.committed(superstep)};
    auto const part = directory.read_manifest(epoch).parts.at(static_cast<std::size_t>(world.rank()));
    pel::store::PartReader const reader(epoch.directory, part);
    std::string text = std::to_string(part.bytes);
    for (auto const& table : reader.index().encoded())
      for (auto const byte : table.bytes) text += " " + std::to_string(std::to_integer<int>(byte));
    return text;
  }
  [[nodiscard]] std::uint64_t bytes() const { return mine.size() * numbers * sizeof(double); }

  World world;
  Placement placement;
  std::vector<pel::PartitionId> mine;
  Mailroom mailroom;
  RunSettings settings;
  pel::HostedKernels<Block> kernels;
  Ownership ownership;
  std::vector<std::uint8_t> awake;
  std::optional<EpochWriter> writer;
};

}  // namespace

TEST_CASE("memory for snapshots is there before the first checkpoint, which claims none") {
  for (auto const mode : {CheckpointMode::async, CheckpointMode::sync}) {
    Job job(mode);
    auto const copies = mode == CheckpointMode::async ? 2U : 1U;

    CHECK(job.writer->prepare(job.mailroom));
    auto const prepared = job.writer->room();
    bool const begun = job.writer->begin(0, job.mailroom, job.awake);
    bool const committed = job.writer->complete();

    CHECK(prepared >= copies * job.bytes());
    CHECK(begun);
    CHECK(committed);
    CHECK(job.writer->room() == prepared);
  }
}

TEST_CASE("without being prepared a checkpoint claims what it needs") {
  Job job(CheckpointMode::async);

  bool const begun = job.writer->begin(0, job.mailroom, job.awake);
  bool const committed = job.writer->complete();

  CHECK(begun);
  CHECK(committed);
  CHECK(job.writer->room() >= job.bytes());
  CHECK(job.writer->room() < 2 * job.bytes());
}

TEST_CASE("without memory for a copy an epoch is written from the state, and is the same") {
  Job with(CheckpointMode::async, std::nullopt, numbers, {}, "with"),
      without(CheckpointMode::async, 0, numbers, {}, "without");

  CHECK(with.write(0));
  CHECK(without.write(0));
  CHECK(with.write(7));  // of a state that has not changed
  CHECK(without.write(7));

  CHECK(with.writer->figures().streamed == 0);
  CHECK(without.writer->figures().streamed == 2);
  CHECK(without.writer->figures().bytes == with.writer->figures().bytes);
  for (auto const superstep : {0, 7}) CHECK(with.contents(superstep) == without.contents(superstep));
}

TEST_CASE("what is written from the state takes no more memory for a larger one") {
  constexpr std::size_t large = 5'000'000;  // 80 MB on a rank with two partitions
  Job small(CheckpointMode::async, 1000, numbers, {}, "small"), job(CheckpointMode::async, 1000, large, {}, "large");
  CHECK(small.write(0));
  auto const before = pel::base::peak_rss_bytes();

  CHECK(job.write(0));

  auto const most = pel::store::PartStream::buffer_bytes;
  auto const peak = pel::base::peak_rss_bytes();
  CHECK(job.writer->figures().bytes > 2 * most);
  CHECK(job.writer->figures().memory_bytes <= most);
  CHECK(job.writer->room() == 0);
  CHECK(peak - before <= 2 * most);
}

TEST_CASE("memory that a state has outgrown is given back, and it is written all the same") {
  Job job(CheckpointMode::async, std::uint64_t{1} << 32U);
  CHECK(job.write(0));
  CHECK(job.writer->room() > 0);

  job.settings.checkpoint_memory = 0;
  job.writer->restored(0);

  CHECK(job.writer->room() == 0);
  CHECK(job.write(1));
  CHECK(job.writer->figures().streamed == 1);
}

TEST_CASE("what serialize() throws while the state is written is thrown on all ranks") {
  for (int const before : {0, 1}) {  // the sizes are looked at first
    Job job(CheckpointMode::async, 0, numbers, {before});
    CHECK_THROWS_AS(static_cast<void>(job.writer->begin(0, job.mailroom, job.awake)), pel::KernelFailed);
  }
}
