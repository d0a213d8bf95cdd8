#include "engine/world.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

#include "base/machine.hpp"
#include "pel/error.hpp"

namespace pel::engine {
namespace {

// What was asked for; 0: cores of this rank's affinity mask, divided among the ranks of the host that have the same
// mask. The ranks need not have been told the same: one may be here only to say why it does not go on.
int threads_for(comm::Communicator const& communicator, int asked) {
  auto const mine = communicator.host() + " " + base::affinity_text();
  auto const all = communicator.all_gather(mine);
  auto const sharers = static_cast<int>(std::count(all.begin(), all.end(), mine));
  if (asked > 0) return asked;
  return std::max(1, base::cores_allowed() / std::max(1, sharers));
}

}  // namespace

World::World(comm::Communicator communicator, int threads, base::Log log, base::Fault fault)
    : communicator_(std::move(communicator)),
      log_(std::move(log)),
      fault_(std::move(fault)),
      agreement_(communicator_),
      workers_(threads_for(communicator_, threads)) {}

Where World::where(std::string kernel, std::string phase, std::int64_t superstep, std::int64_t partition) const {
  return {std::move(kernel), std::move(phase), superstep, partition, rank(), ranks(), communicator_.host()};
}

void World::together(Site site, std::string const& phase, std::function<void()> const& work) {
  Report report;
  report.site = site;
  try {
    fault_.reach(phase.c_str(), rank());
    work();
  } catch (...) {
    report.failure = encode_failure(std::current_exception(), where("", phase));
  }
  agreement_.agree(report);
}

void World::together(Site site, Where const& where, std::vector<PartitionId> const& partitions,
                     std::function<void(std::size_t, int)> const& work) {
  Report report;
  report.site = site;
  std::vector<std::size_t> slots(partitions.size());
  std::iota(slots.begin(), slots.end(), std::size_t{0});
  guarded(report, where, partitions, slots, work);
  agreement_.agree(report);
}

void World::guarded(Report& report, Where const& where, std::vector<PartitionId> const& partitions,
                    std::vector<std::size_t> const& slots, std::function<void(std::size_t, int)> const& work,
                    Rounds* rounds) {
  std::vector<std::exception_ptr> failures(slots.size());
  auto const guarded_work = [&](std::size_t i, int worker) {
    try {
      fault_.reach(where.phase.c_str(), rank(), where.superstep,
                   static_cast<std::int64_t>(index(partitions[slots[i]])));
      work(slots[i], worker);
    } catch (...) {
      failures[i] = std::current_exception();
    }
    if (rounds != nullptr) rounds->note_over();
  };
  if (rounds != nullptr)
    workers_.for_each(slots.size(), guarded_work, [&] { rounds->serve(); });
  else
    workers_.for_each(slots.size(), guarded_work);
  for (std::size_t i = 0; i < failures.size(); ++i) {
    if (!failures[i]) continue;
    auto at = where;
    at.partition = static_cast<std::int64_t>(index(partitions[slots[i]]));
    report.failed_partition = at.partition;
    report.failure = encode_failure(failures[i], at);
    return;
  }
}

void World::communicate(std::string const& what, std::function<void()> const& work) {
  try {
    fault_.reach(what.c_str(), rank());
    work();
  } catch (MpiError const&) {
    throw;
  } catch (std::exception const& error) {
    throw MpiError(what, 0, error.what(), rank(), communicator_.host());
  }
}

void World::join_with(std::exception_ptr const& failure, Where const& at) {
  Report report;
  report.site = Site::joined;
  report.failure = encode_failure(failure, at);
  agreement_.agree(report);
  throw InternalError(__FILE__, __LINE__, "a failure was not agreed on");
}

}  // namespace pel::engine
