#include "engine/snapshot_buffers.hpp"

#include <doctest/doctest.h>

#include <cstdint>

#include "base/fault.hpp"
#include "base/log.hpp"
#include "comm/communicator.hpp"
#include "engine/settings.hpp"
#include "engine/world.hpp"

using pel::engine::SnapshotBuffers;

namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20U;

pel::engine::World world_of_a_rank() {
  return {pel::comm::Communicator::world(), 1, pel::base::Log(), pel::base::Fault("")};
}

pel::engine::RunSettings with_memory(std::uint64_t bytes) {
  pel::engine::RunSettings settings;
  settings.checkpoint_memory = bytes;
  return settings;
}

}  // namespace

TEST_CASE("copies and what is held beside them keep to the budget together") {
  auto world = world_of_a_rank();
  auto settings = with_memory(100 * mib);
  SnapshotBuffers buffers(world, settings);

  CHECK(buffers.has_room(50 * mib, 0, 2));
  CHECK_FALSE(buffers.has_room(50 * mib, 1, 2));
  CHECK(buffers.fits(0, 60 * mib, 40 * mib, false));
  CHECK_FALSE(buffers.fits(0, 60 * mib, 41 * mib, false));

  settings.checkpoint_compress = true;  // what is compressed takes as much again
  CHECK(buffers.fits(0, 30 * mib, 40 * mib, false));
  CHECK_FALSE(buffers.fits(0, 31 * mib, 40 * mib, false));
}

TEST_CASE("a buffer that is there is used again, but not beside more than the budget") {
  auto world = world_of_a_rank();
  auto const settings = with_memory(10 * mib);
  SnapshotBuffers buffers(world, settings);
  buffers.reserve(4 * mib, 2);

  CHECK(buffers.fits(0, 4 * mib, 0, true));
  CHECK(buffers.fits(0, 4 * mib, 2 * mib, true));
  CHECK_FALSE(buffers.fits(0, 4 * mib, 3 * mib, true));
  CHECK(buffers.fits(0, 4 * mib, 6 * mib, false));
  CHECK_FALSE(buffers.fits(0, 7 * mib, 0, true));
}

TEST_CASE("without a budget half of what is left for a rank may be taken, and what is there again") {
  auto world = world_of_a_rank();
  pel::engine::RunSettings const settings;
  SnapshotBuffers buffers(world, settings);
  buffers.reserve(mib, 1);

  CHECK(buffers.fits(0, mib, mib, false));
  CHECK(buffers.fits(1, mib, 0, true));
  CHECK_FALSE(buffers.fits(0, mib, std::uint64_t{1} << 50U, false));
  CHECK_FALSE(buffers.has_room(std::uint64_t{1} << 50U, 0, 1));
}
