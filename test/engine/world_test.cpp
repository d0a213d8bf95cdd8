#include "engine/world.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "engine/placement.hpp"
#include "pel/error.hpp"
#include "support/mpi_test.hpp"

using pel::PartitionId;
using pel::comm::Communicator;
using pel::engine::Placement;
using pel::engine::Site;
using pel::engine::World;
using pel::test::rank;
using pel::test::ranks;

namespace {

World world_of(int threads, std::string const& fault = {}) {
  return {Communicator::world(), threads, pel::base::Log(), pel::base::Fault(fault)};
}

// What work that fails becomes: "cause in phase, partition p, rank r".
template <class Work>
std::string outcome(Work const& work) {
  try {
    work();
    return "all well";
  } catch (pel::KernelFailed const& failure) {
    return failure.cause + " in " + failure.phase + ", partition " + std::to_string(failure.partition) + ", rank " +
           std::to_string(failure.rank);
  }
}

bool on_all_ranks(std::string const& text, std::string const& expected) {
  bool same = true;
  for (auto const& other : Communicator::world().all_gather(text)) same = same && other == expected;
  return same;
}

}  // namespace

TEST_CASE("work that fails on one rank fails on all with the same words") {
  for (int failing = 0; failing < ranks(); ++failing) {
    auto world = world_of(1);
    auto const text = outcome([&] {
      world.together(Site::load, "load", [&] {
        if (rank() == failing) throw std::runtime_error("no room");
      });
    });
    CHECK(on_all_ranks(text, "no room in load, partition -1, rank " + std::to_string(failing)));
  }
}

TEST_CASE("who wants to know of progress is told") {
  auto world = world_of(1);
  int told = 0;
  world.tell_progress();  // to nobody

  world.on_progress([&] { ++told; });
  world.tell_progress();
  world.tell_progress();

  CHECK(told == 2);
}

TEST_CASE("of the partitions that fail the lowest is told, whatever threads and placement") {
  constexpr std::uint32_t partitions = 16;
  std::vector<int> scattered;
  for (std::uint32_t p = 0; p < partitions; ++p) scattered.push_back(static_cast<int>((p * 5 + 3) % 16) % ranks());
  for (int const threads : {1, 3})
    for (auto const& placement : {Placement::contiguous(partitions, ranks()), Placement(scattered, ranks())}) {
      auto world = world_of(threads);
      auto const mine = placement.partitions_of(rank());
      std::vector<int> ran(mine.size(), 0);
      auto const text = outcome([&] {
        world.together(Site::superstep, world.where("Kernel", "superstep", 7), mine, [&](std::size_t slot, int) {
          ran[slot] = 1;
          if (auto const p = index(mine[slot]); p >= 6) throw std::runtime_error("cause " + std::to_string(p));
        });
      });
      auto const at = std::to_string(placement.rank_of(pel::partition_id(6)));
      CHECK(on_all_ranks(text, "cause 6 in superstep, partition 6, rank " + at));
      for (auto const one : ran) CHECK(one == 1);  // nobody is left out because another failed
    }
}

TEST_CASE("a rank that fails on its own takes the others along from where they agree") {
  auto world = world_of(1);
  auto const text = outcome([&] {
    if (rank() == ranks() - 1)
      world.join_with(std::make_exception_ptr(std::runtime_error("lost")), "main");
    else
      world.together(Site::save, "save", [] {});
  });

  CHECK(on_all_ranks(text, "lost in main, partition -1, rank " + std::to_string(ranks() - 1)));
}

TEST_CASE("an injected fault strikes the phase, rank and partition it names") {
  auto world = world_of(2, "point=superstep,superstep=7,partition=5,action=throw");
  auto const placement = Placement::contiguous(8, ranks());
  auto const mine = placement.partitions_of(rank());
  auto const run = [&](std::int64_t superstep) {
    return outcome([&] {
      world.together(Site::superstep, world.where("Kernel", "superstep", superstep), mine, [](std::size_t, int) {});
    });
  };

  CHECK(on_all_ranks(run(6), "all well"));
  auto const at = std::to_string(placement.rank_of(pel::partition_id(5)));
  CHECK(on_all_ranks(run(7), "injected fault at superstep in superstep, partition 5, rank " + at));
}

TEST_CASE("threads are as many as told, or at least one") {
  CHECK(world_of(3).workers().threads() == 3);
  CHECK(world_of(0).workers().threads() >= 1);
}
