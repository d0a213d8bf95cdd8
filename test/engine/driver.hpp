// What tests of driven runs begin with.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "base/fault.hpp"
#include "base/log.hpp"
#include "base/signals.hpp"
#include "comm/communicator.hpp"
#include "engine/driven_run.hpp"
#include "engine/ownership.hpp"
#include "engine/settings.hpp"
#include "engine/watch.hpp"
#include "engine/world.hpp"
#include "store/hdf5_library.hpp"

namespace pel::test {

// A driven run and all that it stands on.
struct Driver {
  base::Signals signals;
  engine::Watch watch{signals};
  engine::World world;
  engine::Ownership ownership;
  std::optional<engine::DrivenRun> run;

  Driver(engine::RunSettings const& settings, int threads,
         comm::Communicator communicator = comm::Communicator::world())
      : world(std::move(communicator), threads, base::Log(), base::Fault("")),
        ownership(world, settings.checkpoint_dir, settings.app) {
    store::open_hdf5_library();
    watch.open({}, world.rank(), world.ranks(), 0, world.log(), settings.stop_grace);
    run.emplace(world, settings, ownership, watch);
  }
};

inline engine::RunSettings settings_of(std::uint32_t partitions) {
  engine::RunSettings settings;
  settings.app = "driver";
  settings.partitions = partitions;
  settings.checkpoint_every.kind = engine::CheckpointEvery::Kind::off;
  return settings;
}

}  // namespace pel::test
