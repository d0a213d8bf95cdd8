#include "engine/epoch_writer.hpp"

#include <doctest/doctest.h>

#include <pel/pel.hpp>
#include <vector>

#include "pel/hosted_kernels.hpp"
#include "store/hdf5_library.hpp"
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

class Block {
 public:
  using Message = pel::NoMessage;
  using Aggregate = pel::NoAggregate;
  explicit Block(pel::Partition part) : values_(numbers, static_cast<double>(part.index())) {}
  pel::Vote superstep(pel::Superstep<Block>&) { return pel::Vote::halt; }
  void serialize(auto& archive, unsigned) { pel::fields(archive, "values", values_); }
  void write(pel::Output&) const {}

 private:
  std::vector<double> values_;
};

// A job that writes checkpoints and does nothing else.
struct Job {
  explicit Job(CheckpointMode mode)
      : world(pel::comm::Communicator::world(), 1, pel::base::Log(), pel::base::Fault("")),
        placement(Placement::contiguous(8, world.ranks())),
        mine(placement.partitions_of(world.rank())),
        mailroom(world, placement),
        kernels([](pel::Partition part) { return Block(part); }),
        ownership(world, world.communicator().broadcast((pel::test::scratch() / "ckpt").string(), 0), "block"),
        awake(mine.size(), 1) {
    pel::store::open_hdf5_library();
    settings.app = "block";
    settings.partitions = 8;
    settings.checkpoint_mode = mode;
    kernels.resize(mine.size(), 1);
    for (std::size_t slot = 0; slot < mine.size(); ++slot) kernels.construct(slot, {mine[slot], 8});
    ownership.claim();
    writer.emplace(world, placement, settings, kernels, ownership);
    writer->set_home(pel::store::CheckpointDirectory(ownership.directory(), ownership.incarnation()),
                     {{"kernel", "block"}});
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
