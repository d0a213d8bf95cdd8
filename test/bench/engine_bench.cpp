// What the engine costs beside plain MPI, both measured in turn within one run: engine_bench latency [THREADS] | fields
// [THREADS] | exchange | halo | message | memory MIB. Started with mpirun; rank 0 prints one line of JSON.
#include <mpi.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <pel/pel.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/machine.hpp"
#include "comm/halo_plan.hpp"
#include "engine/halo_map.hpp"
#include "engine/mailroom.hpp"
#include "engine/world.hpp"
#include "stopwatch.hpp"

namespace {

constexpr int rounds = 7;
int rank = 0, ranks = 1;

double now() { return pel::base::monotonic_seconds(); }

// The slowest rank's seconds.
double slowest(double seconds) {
  MPI_Allreduce(MPI_IN_PLACE, &seconds, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
  return seconds;
}
double total(double value) {
  MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
  return value;
}

double timed(std::function<void()> const& work) {
  MPI_Barrier(MPI_COMM_WORLD);
  auto const started = now();
  work();
  return slowest(now() - started);
}

// Keeps all partitions going for a number of supersteps and does nothing.
class Empty {
 public:
  using Message = pel::NoMessage;
  using Aggregate = pel::NoAggregate;
  explicit Empty(std::int64_t supersteps) : supersteps_(supersteps) {}
  pel::Vote superstep(pel::Superstep<Empty>& step) {
    return step.number() + 1 < supersteps_ ? pel::Vote::go_on : pel::Vote::halt;
  }
  void serialize(auto& archive, unsigned) { pel::fields(archive, "supersteps", supersteps_); }
  void write(pel::Output&) const {}

 private:
  std::int64_t supersteps_;
};

// Sends `messages` 16-byte messages a superstep to keys dealt evenly over all partitions. With a combiner, keys are the
// integers below `keys`, at random; without, each message has a key of its own.
template <class Combiner>
class Sender {
 public:
  using Message = pel::Message<std::uint64_t, double, Combiner>;
  using Aggregate = pel::NoAggregate;
  Sender(pel::Partition part, std::int64_t supersteps, std::uint64_t messages, std::uint64_t keys, bool silent)
      : owners_(keys, part.count), supersteps_(supersteps), messages_(messages), keys_(keys), silent_(silent) {}

  pel::Vote superstep(pel::Superstep<Sender>& step) {
    for (auto const& [key, value] : step.inbox()) sum_ += value + static_cast<double>(key & 1U);
    if (step.number() == supersteps_) return pel::Vote::halt;
    auto const base = step.partition().index() * messages_ + static_cast<std::uint64_t>(step.number());
    for (std::uint64_t i = 0; i < messages_; ++i) {
      auto const random = pel::base::mix64(base + i);
      std::uint64_t const key = keys_ >= (std::uint64_t{1} << 32U) ? random % keys_ : ((random >> 32U) * keys_) >> 32U;
      if (silent_)
        sum_ += static_cast<double>(pel::index(owners_.owner(key)));
      else
        step.send(owners_.owner(key), key, 1.0);
    }
    return pel::Vote::go_on;
  }
  void serialize(auto& archive, unsigned) { pel::fields(archive, "sum", sum_); }
  void write(pel::Output&) const {}

 private:
  pel::Block owners_;
  std::int64_t supersteps_;
  std::uint64_t messages_, keys_;
  bool silent_;
  double sum_ = 0;
};

// Each superstep changes some own values of a sparse halo and of a least field, and publishes both.
class TwoFields {
 public:
  using Message = pel::NoMessage;
  using Aggregate = pel::Sum<std::uint64_t>;
  TwoFields(std::shared_ptr<pel::engine::HaloLayout const> const& layout, std::size_t slot, std::int64_t supersteps,
            std::uint32_t changes)
      : supersteps_(supersteps), changes_(changes), levels_(layout, slot), least_(layout, slot, ~std::uint32_t{0}) {}
  pel::Vote superstep(pel::Superstep<TwoFields>& step) {
    auto const s = static_cast<std::uint32_t>(step.number());
    for (std::uint32_t k = 0; k < changes_; ++k) {
      levels_.set((s + 97 * k) % levels_.size(), s);
      least_.lower(least_.slot((s + 97 * k) % levels_.size()), ~s);
    }
    step.contribute({levels_.own_changed()});
    step.publish(levels_);
    step.publish(least_);
    return step.number() + 1 < supersteps_ ? pel::Vote::go_on : pel::Vote::halt;
  }
  void serialize(auto& archive, unsigned) { pel::fields(archive, "levels", levels_, "least", least_); }
  void write(pel::Output&) const {}

 private:
  std::int64_t supersteps_;
  std::uint32_t changes_;
  pel::SparseHalo<std::uint32_t> levels_;
  pel::Least<std::uint32_t> least_;
};

// Runs a kernel in a job of its own; the seconds of its supersteps, of the slowest rank.
template <class Make>
double run_job(Make const& make, int threads = 1) {
  auto const count = "--threads=" + std::to_string(threads);
  std::vector<char const*> const arguments{"engine_bench", "--quiet", count.c_str(), "--partitions=64"};
  pel::engine::JobCore core(static_cast<int>(arguments.size()), arguments.data());
  pel::HostedKernels<std::invoke_result_t<Make, pel::Partition>> kernels(make);
  return slowest(core.run(kernels, "").run_seconds);
}

void latency(int threads) {
  constexpr int supersteps = 2000;
  std::vector<std::uint64_t> out(static_cast<std::size_t>(ranks)), in(out.size());
  std::vector<char> small(64), folded(64);
  auto const plain = [&] {
    return timed([&] {
      for (int i = 0; i < supersteps; ++i) {
        MPI_Alltoall(out.data(), 8, MPI_BYTE, in.data(), 8, MPI_BYTE, MPI_COMM_WORLD);
        MPI_Allreduce(small.data(), folded.data(), 8, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
      }
    });
  };
  auto const ours = [&] { return run_job([](pel::Partition) { return Empty(supersteps); }, threads); };
  auto const [a, b] = bench::interleaved(rounds, plain, ours);
  if (rank == 0)
    std::printf("{\"plain_us\": %.3f, \"superstep_us\": %.3f}\n", a / supersteps * 1e6, b / supersteps * 1e6);
}

// Supersteps of 64 partitions with 2700 entries each, of which other ranks mirror most, as in a breadth-first search on
// R-MAT 18: none, one and ten values of each partition change in a superstep.
void fields(int threads) {
  constexpr int supersteps = 500;
  constexpr std::uint32_t partitions = 64, size = 2700;
  pel::engine::World world(pel::comm::Communicator::world(), 1, pel::base::Log(), pel::base::Fault(""));
  auto const placement = pel::engine::Placement::contiguous(partitions, ranks);
  auto const mine = placement.partitions_of(rank);
  std::vector<pel::engine::HaloEntry> wanted;
  for (std::uint32_t p = 0; p < partitions; ++p)
    for (std::uint32_t i = 0; i < size; ++i)
      if (pel::base::mix64(std::uint64_t{p} << 32U | i) % 100 < 85) wanted.push_back({pel::PartitionId{p}, i});
  auto const map =
      pel::engine::HaloMap::make(world, placement, std::vector<std::uint32_t>(mine.size(), size), std::move(wanted));
  auto const us = [&](std::uint32_t changes) {
    std::vector<double> seconds;
    for (int round = 0; round < rounds; ++round)
      seconds.push_back(run_job(
          [&](pel::Partition p) {
            auto const slot = static_cast<std::size_t>(p.index()) - pel::index(mine[0]);
            return TwoFields(map.layout(), slot, supersteps, changes);
          },
          threads));
    return *std::min_element(seconds.begin(), seconds.end()) / supersteps * 1e6;
  };
  auto const none = us(0), one = us(1), ten = us(10);
  if (rank == 0) std::printf("{\"none_us\": %.2f, \"one_us\": %.2f, \"ten_us\": %.2f}\n", none, one, ten);
}

double alltoallv(std::vector<char>& out, std::vector<char>& in, std::vector<int> const& counts) {
  std::vector<int> offsets(counts.size(), 0);
  for (std::size_t i = 1; i < counts.size(); ++i) offsets[i] = offsets[i - 1] + counts[i - 1];
  return timed([&] {
    MPI_Alltoallv(out.data(), counts.data(), offsets.data(), MPI_BYTE, in.data(), counts.data(), offsets.data(),
                  MPI_BYTE, MPI_COMM_WORLD);
  });
}

// 64 MiB a rank in 16-byte messages, to all partitions alike: through the mailroom from grouped pieces to grouped
// segments, and beside it a whole superstep with send() and without ordering of the inbox by the kernel's reading.
void exchange() {
  constexpr std::size_t bytes = std::size_t{64} << 20U;
  constexpr std::uint32_t partitions = 64;
  std::vector<char> out(bytes, 1), in(bytes, 2);
  std::vector<int> const counts(static_cast<std::size_t>(ranks),
                                static_cast<int>(bytes / static_cast<std::size_t>(ranks)));
  pel::engine::World world(pel::comm::Communicator::world(), 1, pel::base::Log(), pel::base::Fault(""));
  auto const placement = pel::engine::Placement::contiguous(partitions, ranks);
  auto const mine = placement.partitions_of(rank);
  pel::engine::Mailroom mailroom(world, placement);
  auto const through_mailroom = [&] {
    auto const piece = bytes / mine.size() / partitions / 16 * 16;
    for (std::size_t slot = 0; slot < mine.size(); ++slot) {
      std::vector<pel::engine::Piece> pieces;
      for (std::uint32_t p = 0; p < partitions; ++p) pieces.push_back({pel::PartitionId{p}, piece / 16, piece});
      mailroom.outgoing(slot).shape(pieces, mailroom.local());
      for (std::size_t i = 0; i < pieces.size(); ++i)
        std::fill_n(mailroom.outgoing(slot).bytes(i).data(), piece, std::byte{3});
    }
    return timed([&] {
      pel::engine::Report report;
      mailroom.describe(report);
      mailroom.deliver(world.agreement().agree(report));
    });
  };
  auto const [a, b] = bench::interleaved(
      rounds, [&] { return alltoallv(out, in, counts); }, through_mailroom);
  if (rank == 0) std::printf("{\"alltoallv_s\": %.5f, \"mailroom_s\": %.5f}\n", a, b);
}

// Own values to each other rank: all of a run (stride 1, the edge of a grid), or every other one.
void halo(std::uint32_t stride) {
  constexpr std::uint32_t wanted = 4U << 20U;
  auto const others = static_cast<std::uint32_t>(ranks - 1);
  auto const communicator = pel::comm::Communicator::world();
  std::vector<pel::comm::HaloNeed> needs;
  for (int r = 0; r < ranks; ++r) {
    if (r == rank) continue;
    needs.push_back({r, {}});
    for (std::uint32_t i = 0; i < wanted / others; ++i) needs.back().entries.push_back(stride * i);
  }
  auto const plan = pel::comm::HaloPlan::make(communicator, 2 * wanted, needs);
  std::vector<double> values(std::size_t{plan.owned()} + plan.mirrors(), rank);
  std::vector<int> counts(static_cast<std::size_t>(ranks), static_cast<int>(8 * (wanted / others)));
  counts[static_cast<std::size_t>(rank)] = 0;
  std::vector<char> out(8 * std::size_t{wanted}, 1), in(out.size(), 2);
  auto const [a, b] = bench::interleaved(
      2 * rounds, [&] { return alltoallv(out, in, counts); },
      [&] { return timed([&] { plan.ship(reinterpret_cast<std::byte*>(values.data()), sizeof(double)); }); });
  // What gathering the values costs by itself, where they do not lie side by side.
  std::vector<double> gathered(wanted);
  auto const gather = [&] {
    return timed([&] {
      for (std::uint32_t i = 0; i < wanted; ++i) gathered[i] = values[std::size_t{stride} * i];
    });
  };
  auto const [c, d] = bench::interleaved(rounds, gather, gather);
  if (rank == 0) std::printf("{\"alltoallv_s\": %.5f, \"halo_s\": %.5f, \"gather_s\": %.5f}\n", a, b, std::min(c, d));
}

// CPU of a message from send() to the kernel's reading it: that of supersteps with sending, less that of the same loop
// without.
void message() {
  constexpr std::int64_t supersteps = 8;
  constexpr std::uint64_t messages = 1U << 17U, keys = 1U << 18U, partitions = 64;
  auto const cpu = [&](bool silent) {
    auto const before = bench::cpu_seconds();
    run_job([&](pel::Partition p) { return Sender<std::plus<>>(p, supersteps, messages, keys, silent); });
    return total(bench::cpu_seconds() - before);
  };
  auto const [sending, silent] = bench::interleaved(
      5, [&] { return cpu(false); }, [&] { return cpu(true); });
  if (rank == 0)
    std::printf("{\"message_ns\": %.2f}\n",
                (sending - silent) / static_cast<double>(supersteps * messages * partitions) * 1e9);
}

// The most memory of any rank after supersteps of so many MiB a rank; 0: empty supersteps.
void memory(std::uint64_t mib) {
  auto const messages = (mib << 20U) / 16 * static_cast<std::uint64_t>(ranks) / 64;
  auto const seconds = run_job(
      [&](pel::Partition p) { return Sender<pel::NoCombiner>(p, 4, messages, std::uint64_t{1} << 40U, false); });
  auto peak = static_cast<double>(pel::base::peak_rss_bytes());
  MPI_Allreduce(MPI_IN_PLACE, &peak, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
  if (rank == 0) std::printf("{\"peak_mib\": %.1f, \"superstep_s\": %.4f}\n", peak / (1 << 20), seconds / 4);
}

}  // namespace

int main(int argc, char* argv[]) {
  pel::comm::Session const session;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  std::string_view const what = argc > 1 ? argv[1] : "";
  if (what == "latency")
    latency(argc > 2 ? std::atoi(argv[2]) : 1);
  else if (what == "fields")
    fields(argc > 2 ? std::atoi(argv[2]) : 1);
  else if (what == "exchange")
    exchange();
  else if (what == "halo")
    halo(argc > 2 ? static_cast<std::uint32_t>(std::atoi(argv[2])) : 1);
  else if (what == "message")
    message();
  else if (what == "memory")
    memory(argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 64);
  else
    return 64;
  return 0;
}
