// Checkpoints beside what the disk and memory take at best, in turn within one run: checkpoint_bench DIR [MIB]
// [ROUNDS]. Started with mpirun; rank 0 prints one line of JSON with medians in seconds, each the slowest rank's.
#include <mpi.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <pel/pel.hpp>
#include <string>
#include <thread>
#include <vector>

#include "base/machine.hpp"
#include "base/random.hpp"
#include "engine/epoch_writer.hpp"
#include "engine/mailroom.hpp"
#include "engine/state_reader.hpp"
#include "pel/hosted_kernels.hpp"
#include "raw_files.hpp"
#include "stopwatch.hpp"
#include "store/page_buffer.hpp"

namespace {

namespace fs = std::filesystem;
using namespace pel::engine;

constexpr std::uint32_t partitions = 32;

double now() { return pel::base::monotonic_seconds(); }

double slowest(double seconds) {
  MPI_Allreduce(MPI_IN_PLACE, &seconds, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
  return seconds;
}

double timed(std::function<void()> const& work) {
  MPI_Barrier(MPI_COMM_WORLD);
  auto const started = now();
  work();
  return slowest(now() - started);
}

// Doubles in [1, 2) that nothing can compress, a vector a partition.
class Block {
 public:
  using Message = pel::NoMessage;
  using Aggregate = pel::NoAggregate;
  Block(std::size_t doubles, pel::Partition partition) : values_(doubles) {
    pel::Random random(1, pel::index(partition.id), 0);
    for (auto& value : values_) value = 1 + random.uniform();
  }
  pel::Vote superstep(pel::Superstep<Block>&) {
    for (int pass = 0; pass < 4; ++pass)
      for (auto& value : values_) value = 1 + value * value * 0.25;
    return pel::Vote::go_on;
  }
  void serialize(auto& archive, unsigned) { pel::fields(archive, "values", values_); }
  void write(pel::Output&) const {}

 private:
  std::vector<double> values_;
};

// A rank's blocks and what writes them, as a run has them.
class Job {
 public:
  Job(World& world, std::size_t bytes, std::string const& directory, CheckpointMode mode)
      : world_(world),
        placement_(Placement::contiguous(partitions, world.ranks())),
        mine_(placement_.partitions_of(world.rank())),
        mailroom_(world, placement_),
        kernels_([doubles = bytes / sizeof(double) / mine_.size()](pel::Partition p) { return Block(doubles, p); }),
        ownership_(world, directory, "bench"),
        awake_(mine_.size(), 1) {
    settings_.app = "bench";
    settings_.partitions = partitions;
    settings_.checkpoint_mode = mode;
    settings_.checkpoint_keep = 1;
    kernels_.resize(mine_.size(), 1);
    for (std::size_t slot = 0; slot < mine_.size(); ++slot) kernels_.construct(slot, {mine_[slot], partitions});
    ownership_.claim();
    directory_.emplace(directory, ownership_.incarnation());
    writer_ = std::make_unique<EpochWriter>(world, placement_, settings_, kernels_, ownership_);
    writer_->set_home(*directory_, {{"kernel", "block"}});
  }

  // As a run does it while the first supersteps compute; returns when all is ready.
  void prepare() {
    (void)writer_->prepare(mailroom_);
    tidy();
  }
  // Takes the next epoch: whether it is begun, or with sync already committed.
  bool take() { return writer_->begin(superstep_++, mailroom_, awake_); }
  void finish() {
    if (!writer_->complete()) throw std::runtime_error("a checkpoint was not committed");
    tidy();
  }
  // Until the files of older epochs are gone, which no checkpoint waits for: the next measurement shall not feel it.
  void tidy() { (void)writer_->room(); }
  [[nodiscard]] CheckpointFigures const& figures() const { return writer_->figures(); }

  // A superstep of computing alone, and its agreement.
  void step() {
    for (std::size_t slot = 0; slot < mine_.size(); ++slot) compute(slot);
    report_.clear();
    writer_->report(report_);
    writer_->advance(world_.agreement().agree(report_));
  }

  // Reads back what was committed last.
  void read(pel::store::Snapshot& into) {
    StateReader reader(*directory_, directory_->epochs().at(0));
    reader.read(mine_, world_.workers(), into);
  }
  void evict() const {
    for (auto const& entry : fs::directory_iterator(directory_->epochs().at(0).directory)) bench::evict(entry.path());
  }

 private:
  void compute(std::size_t slot) {
    StepFrame frame;
    Outgoing outgoing;
    std::vector<std::byte> contribution;
    frame.partition = {mine_[slot], partitions};
    frame.local = mailroom_.local();
    frame.outgoing = &outgoing;
    frame.contribution = &contribution;
    kernels_.step(slot, frame);
  }

  World& world_;
  Placement placement_;
  std::vector<pel::PartitionId> mine_;
  Mailroom mailroom_;
  RunSettings settings_;
  pel::HostedKernels<Block> kernels_;
  Ownership ownership_;
  std::vector<std::uint8_t> awake_;
  std::optional<pel::store::CheckpointDirectory> directory_;
  std::unique_ptr<EpochWriter> writer_;
  Report report_;
  std::int64_t superstep_ = 0;
};

using Times = std::map<std::string, std::vector<double>>;

// How many times as fast as raw buffered writes: a disk that is slower for a while is so for both.
void compare_within_rounds(Times& times) {
  for (auto const* way : {"raw_kicked", "raw_direct", "sync"})
    for (std::size_t round = 0; round < times[way].size(); ++round)
      times[way + std::string("_speed")].push_back(times["raw_buffered"][round] / times[way][round]);
}

// Writing, reading, copying: every way once a round, in an order that rotates.
void measure_files(World& world, std::string const& folder, std::size_t bytes, int rounds, Times& times) {
  auto const file = folder + "/raw." + std::to_string(world.rank());
  pel::store::PageBuffer state, other;
  state.reserve(bytes);
  other.reserve(bytes);
  pel::Random random(2, static_cast<std::uint64_t>(world.rank()), 0);
  for (std::size_t at = 0; at + 8 <= bytes; at += 8) {
    double const value = 1 + random.uniform();
    std::memcpy(state.bytes().data() + at, &value, sizeof value);
  }
  auto const payload = state.bytes().first(bytes);
  std::vector<std::byte> const as_kernels_have_it(payload.begin(),
                                                  payload.end());  // not in whole pages, nor large ones
  Job sync(world, bytes, folder + "/sync", CheckpointMode::sync);
  Job async(world, bytes, folder + "/async", CheckpointMode::async);
  pel::store::Snapshot read_back;
  (void)sync.take();
  sync.read(read_back);
  bench::write_raw(file + ".kept", payload, bench::Way::buffered);

  std::vector<std::pair<std::string, std::function<double()>>> const ways{
      {"raw_buffered", [&] { return timed([&] { bench::write_raw(file, payload, bench::Way::buffered); }); }},
      {"raw_kicked", [&] { return timed([&] { bench::write_raw(file, payload, bench::Way::kicked); }); }},
      {"raw_direct", [&] { return timed([&] { bench::write_raw(file, payload, bench::Way::direct); }); }},
      {"sync",
       [&] {
         auto const seconds = timed([&] { (void)sync.take(); });
         sync.tidy();
         return seconds;
       }},
      {"async_blocked",
       [&] {
         auto const blocked = timed([&] { (void)async.take(); });
         async.finish();
         return blocked;
       }},
      {"copy", [&] { return timed([&] { std::memcpy(other.bytes().data(), as_kernels_have_it.data(), bytes); }); }},
      {"raw_read",
       [&] {
         bench::evict(file + ".kept");
         return timed([&] { bench::read_raw(file + ".kept", other.bytes().first(bytes)); });
       }},
      {"restart_read",
       [&] {
         sync.evict();
         return timed([&] { sync.read(read_back); });
       }},
  };
  for (int round = 0; round <= rounds; ++round)
    for (std::size_t i = 0; i < ways.size(); ++i) {
      auto const& [name, work] = ways[(i + static_cast<std::size_t>(round)) % ways.size()];
      auto const seconds = work();
      if (round > 0) times[name].push_back(seconds);
    }
  compare_within_rounds(times);
  std::error_code ignored;
  fs::remove(file, ignored);
  fs::remove(file + ".kept", ignored);
}

// What the first checkpoint of a job blocks, beside those after it: each round is a job of its own.
void measure_first(World& world, std::string const& folder, std::size_t bytes, int rounds, Times& times) {
  for (int round = 0; round < rounds; ++round) {
    Job job(world, bytes, folder + "/first", CheckpointMode::async);
    job.prepare();
    for (int epoch = 0; epoch < 3; ++epoch) {
      auto const blocked = timed([&] { (void)job.take(); });
      job.finish();
      times[epoch == 0 ? "first_blocked" : "later_blocked"].push_back(blocked);
    }
  }
}

// A state of a few bytes: what a commit costs beyond the data.
void measure_commit(World& world, std::string const& folder, int rounds, Times& times) {
  Job job(world, 32 * 8 * 16, folder + "/small", CheckpointMode::sync);
  for (int round = 0; round <= 4 * rounds; ++round) {
    auto const seconds = timed([&] { (void)job.take(); });
    job.tidy();
    if (round > 0) times["commit"].push_back(seconds);
  }
}

// Of all cores together, since the machine was started: what another machine on the same host, or the host's own work
// for this one's disk, took away. 0 where the system does not tell.
double stolen_seconds() {
  std::ifstream stat("/proc/stat");
  std::string cpu;
  double ticks = 0;
  stat >> cpu;
  for (int column = 0; column < 8; ++column) stat >> ticks;  // user, nice, system, idle, iowait, irq, softirq, steal
  return stat ? ticks / static_cast<double>(sysconf(_SC_CLK_TCK)) : 0;
}

// What no checkpoint can be cheaper than: a thread that writes the same bytes past the page cache, whatever they are.
class BareWriter {
 public:
  BareWriter(std::string file, std::size_t bytes) : file_(std::move(file)), bytes_(bytes) { buffer_.reserve(bytes); }
  ~BareWriter() {
    finish();
    std::error_code ignored;
    fs::remove(file_, ignored);
  }
  void start() {
    finish();
    thread_ = std::thread([this] { bench::write_raw(file_, buffer_.bytes().first(bytes_), bench::Way::direct); });
  }
  void finish() {
    if (thread_.joinable()) thread_.join();
  }

 private:
  std::string file_;
  std::size_t bytes_;
  pel::store::PageBuffer buffer_;
  std::thread thread_;
};

// The same supersteps without checkpoints and with one every four write times, in turn; all until the last is durable.
void measure_overhead(World& world, std::string const& folder, std::size_t bytes, int rounds, Times& times) {
  Job job(world, bytes, folder + "/busy", CheckpointMode::async);
  (void)job.take();
  job.finish();
  (void)job.take();
  job.finish();
  auto const write = slowest(job.figures().last_durable);
  auto const step = timed([&] { job.step(); });
  auto const every = std::max(1, static_cast<int>(4 * write / step + 0.5));
  auto const steps = 2 * every;
  auto const run = [&](std::function<void()> const& save, std::function<void()> const& finish) {
    return timed([&] {
      for (int s = 0; s < steps; ++s) {
        job.step();
        if (s % every == 0) save();
      }
      finish();
    });
  };
  auto const nothing = [] {};
  BareWriter bare(folder + "/bare." + std::to_string(world.rank()), bytes);
  for (int round = 0; round <= rounds; ++round) {
    auto const off = run(nothing, nothing);
    auto const on = run([&] { (void)job.take(); }, [&] { job.finish(); });
    auto const stolen_before = stolen_seconds();
    auto const raw = run([&] { bare.start(); }, [&] { bare.finish(); });
    auto const stolen = stolen_seconds() - stolen_before;
    if (round == 0) continue;
    times["overhead_stolen"].push_back(stolen / raw / static_cast<double>(std::thread::hardware_concurrency()));
    times["overhead_off"].push_back(off);
    times["overhead_ratio"].push_back(on / off - 1);
    times["overhead_bare"].push_back(raw / off - 1);
  }
  times["overhead_write"].push_back(write);
}

int bench_main(int argc, char** argv) {
  std::string const folder = argc > 1 ? argv[1] : ".";
  auto const mib = static_cast<std::size_t>(argc > 2 ? std::atoi(argv[2]) : 512);
  int const rounds = argc > 3 ? std::atoi(argv[3]) : 5;
  pel::comm::Session const session;
  World world(pel::comm::Communicator::world(), 1, pel::base::Log("bench", pel::base::LogLevel::warnings),
              pel::base::Fault(""));
  fs::create_directories(folder);
  Times times;
  measure_files(world, folder, mib << 20U, rounds, times);
  measure_first(world, folder, (mib / 4) << 20U, rounds, times);
  measure_commit(world, folder, rounds, times);
  measure_overhead(world, folder, mib << 20U, rounds, times);
  if (world.rank() == 0) {
    nlohmann::ordered_json out;
    for (auto const& [name, values] : times) out[name] = bench::median(values);
    std::printf("%s\n", out.dump().c_str());
  }
  MPI_Barrier(MPI_COMM_WORLD);
  return 0;
}

}  // namespace

int main(int argc, char* argv[]) { return bench_main(argc, argv); }
