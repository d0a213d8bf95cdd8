#include "engine/run.hpp"

#include <string>

#include "base/machine.hpp"
#include "engine/ownership.hpp"
#include "engine/result_writer.hpp"
#include "engine/supersteps.hpp"
#include "engine/watch.hpp"
#include "pel/error.hpp"

namespace pel::engine {
namespace {

void write(World& world, RunSettings const& settings, HostedKernels const& kernels, Placement const& placement,
           ResultCheck const& check, RunOutcome& outcome) {
  store::Attributes const attributes{{"app", settings.app},
                                     {"kernel", kernels.name()},
                                     {"superstep", outcome.last_superstep},
                                     {"partitions", settings.partitions}};
  ResultSource const source{kernels.name(), [&](std::size_t slot, Partition partition, ResultColumns& columns) {
                              kernels.write(slot, partition, columns);
                            }};
  auto const written = write_results(world, placement, source, settings.outputs, attributes, check);
  outcome.digest = written.digest;
  outcome.mismatch = written.mismatch;
}

}  // namespace

void refuse_idle_ranks(World& world, RunSettings const& settings) {
  world.together(Site::start, "start", [&] {
    if (static_cast<std::uint32_t>(world.ranks()) > settings.partitions)
      throw UsageError("--partitions",
                       std::to_string(settings.partitions) + " partitions cannot be shared by " +
                           std::to_string(world.ranks()) +
                           " ranks: start at most as many ranks as partitions, or ask for more partitions");
  });
}

RunOutcome run(World& world, RunSettings const& settings, HostedKernels& kernels, Ownership& ownership, Watch& watch,
               ResultCheck const& check) {
  refuse_idle_ranks(world, settings);
  Supersteps supersteps(world, settings, kernels, ownership, watch);
  supersteps.begin();
  auto next = Next::go_on;
  while (next == Next::go_on) next = supersteps.next();
  if (next == Next::over) supersteps.finish_checkpoints();
  auto outcome = supersteps.outcome();
  if (next == Next::stopped) return outcome;
  auto const computed = base::monotonic_seconds();
  watch.enter(store::Phase::write);
  if (settings.digest || !settings.outputs.empty() || check)
    write(world, settings, kernels, supersteps.placement(), check, outcome);
  watch.note_digest(outcome.digest);
  outcome.write_seconds = base::monotonic_seconds() - computed;
  return outcome;
}

}  // namespace pel::engine
