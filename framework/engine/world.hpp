// The layer engine: all of BSP. Placement, hosted kernels, the superstep loop, agreement, checkpoints and results as
// who does what when; it may include base, comm and store, and knows neither MPI nor HDF5.
//
// The world of one rank: its communicator and what hangs on it.
#pragma once

#include <exception>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/fault.hpp"
#include "base/log.hpp"
#include "comm/communicator.hpp"
#include "engine/agreement.hpp"
#include "engine/failure.hpp"
#include "engine/rounds.hpp"
#include "engine/workers.hpp"

namespace pel::engine {

class World {
 public:
  // `threads`: 0 lets the affinity mask decide, shared by the ranks of the host that have the same.
  // Collective: all ranks. Throws: MpiError.
  World(comm::Communicator communicator, int threads, base::Log log, base::Fault fault);

  [[nodiscard]] comm::Communicator const& communicator() const noexcept { return communicator_; }
  [[nodiscard]] int rank() const noexcept { return communicator_.rank(); }
  [[nodiscard]] int ranks() const noexcept { return communicator_.size(); }
  [[nodiscard]] Agreement& agreement() noexcept { return agreement_; }
  [[nodiscard]] Workers& workers() noexcept { return workers_; }
  [[nodiscard]] base::Log const& log() const noexcept { return log_; }
  [[nodiscard]] base::Fault const& fault() const noexcept { return fault_; }
  // For who watches whether the run gets anywhere: a step of a long write is done. From any thread.
  void tell_progress() const {
    if (progress_) progress_();
  }
  void on_progress(std::function<void()> told) { progress_ = std::move(told); }
  [[nodiscard]] Where where(std::string kernel, std::string phase, std::int64_t superstep = -1,
                            std::int64_t partition = -1) const;

  // Does work that concerns this rank alone, then agrees: a failure on one rank is the same failure on all.
  // Collective: all ranks, main thread. Throws: the first failure by rank. Cost: l = 1 collective.
  void together(Site site, std::string const& phase, std::function<void()> const& work);

  // The same over the partitions of this rank, on all threads: work(slot, worker). Of several failures that of the
  // lowest partition wins.
  void together(Site site, Where const& where, std::vector<PartitionId> const& partitions,
                std::function<void(std::size_t, int)> const& work);

  // Calls work(slot, worker) on all threads and keeps the failure of the lowest slot in the report. `rounds`: those
  // that work may pause for.
  void guarded(Report& report, Where const& where, std::vector<PartitionId> const& partitions,
               std::vector<std::size_t> const& slots, std::function<void(std::size_t, int)> const& work,
               Rounds* rounds = nullptr);

  // Does what ranks do together point to point. If it fails on one, the others may wait for it where no agreement
  // reaches them: so any failure comes back as MpiError, which ends all ranks (JobCore::fail).
  void communicate(std::string const& what, std::function<void()> const& work);

  // Tells the other ranks, wherever they agree next, that this one failed outside of any agreement; throws what all
  // ranks then throw.
  [[noreturn]] void join_with(std::exception_ptr const& failure, Where const& at);
  [[noreturn]] void join_with(std::exception_ptr const& failure, std::string const& phase) {
    join_with(failure, where("", phase));
  }

 private:
  comm::Communicator communicator_;
  base::Log log_;
  base::Fault fault_;
  std::function<void()> progress_;
  Agreement agreement_;
  Workers workers_;
};

}  // namespace pel::engine
