// Writes epochs while the supersteps go on: a snapshot, then a thread of each rank writes its part, then rank 0's makes
// the epoch appear. How far all are rides in the agreement of each superstep. Where there is no memory for a snapshot,
// the supersteps wait, and the part is written from the state itself.
#pragma once

#include <cstdint>
#include <exception>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/machine.hpp"
#include "engine/aggregate_history.hpp"
#include "engine/agreement.hpp"
#include "engine/checkpoint_summary.hpp"
#include "engine/hosted.hpp"
#include "engine/last_word.hpp"
#include "engine/mailroom.hpp"
#include "engine/ownership.hpp"
#include "engine/placement.hpp"
#include "engine/settings.hpp"
#include "engine/snapshot_buffers.hpp"
#include "engine/state_snapshot.hpp"
#include "engine/world.hpp"
#include "store/checkpoint.hpp"
#include "store/part_file.hpp"
#include "store/writer_thread.hpp"

namespace pel::engine {

// Invariants: 1. the phase is the same on all ranks after advance(); 2. at most one epoch is being written, and at most
// one more snapshot waits for its turn; 3. while the thread is busy it alone touches the part and HDF5.
class EpochWriter {
 public:
  EpochWriter(World& world, Placement const& placement, RunSettings const& settings, HostedKernels& kernels,
              Ownership& ownership);
  ~EpochWriter();

  // On each rank after each superstep: what the aggregate is now. Cost: w = the size of the aggregate.
  void note_superstep(std::int64_t superstep) {
    if (world_.rank() == 0) history_.note(superstep, kernels_);
  }

  // Must be told before the first begin().
  void set_home(store::CheckpointDirectory directory, store::Identity identity);

  // Lets the thread claim and touch the memory of snapshots, so that no checkpoint waits for fresh pages: two buffers
  // of what the state takes now and 1/16 more, or one if their budget has not more, or none. Local; nothing while an
  // epoch is under way. False: the thread is at work on what a restart left it to remove, and this is to be called
  // again.
  [[nodiscard]] bool prepare(Mailroom const& mailroom) noexcept;
  // Bytes of memory that snapshots have, when the thread has done what it was at.
  [[nodiscard]] std::uint64_t room() const;

  // Takes a snapshot and starts to write it; false if no buffer is free (the caller may try again later). Without
  // memory for a snapshot the epoch is written now, and what was under way is complete before.
  // Collective: all ranks. Throws: on all ranks what a kernel's serialize() threw; LostLease, only where it writes.
  // Cost: w = a copy of the state, l = 1 collective.
  [[nodiscard]] bool begin(std::int64_t superstep, Mailroom const& mailroom, std::vector<std::uint8_t> const& awake);

  // Puts into the report how far this rank is. A directory that another launch has taken becomes the report's failure.
  void report(Report& report);
  // Goes one step on with what all ranks have reported. Collective: all ranks, after each agreement.
  // Cost: l = 1 collective an epoch, when all parts are there.
  void advance(Agreed const& agreed);

  // Until nothing is under way. True if the epoch begun last is committed. Collective: all ranks. Throws: LostLease.
  bool complete();
  // The same where the program waits for nothing else: the time counts as blocked.
  bool complete_while_all_wait() {
    complete_now(base::monotonic_seconds(), 0);
    return complete();
  }

  [[nodiscard]] CheckpointFigures const& figures() const noexcept { return figures_; }
  [[nodiscard]] bool busy() const noexcept { return phase_ != Phase::idle; }
  // Where a restart reads to: memory that the first snapshot will use anyway, and how large that may be.
  [[nodiscard]] store::Snapshot& free_snapshot() noexcept { return buffers_[0]; }
  [[nodiscard]] std::uint64_t room_for_a_copy() const { return buffers_.budget(); }
  // Tells which epoch the job goes on from, before the first begin(). What the launch that wrote it left unfinished is
  // removed, once. The memory read to is given back if it is beyond the budget.
  void restored(std::int64_t superstep) noexcept;

 private:
  enum class Phase { idle, writing, committing, tidying };
  enum class Verdict { dropped, ours, anothers, again };

  struct UnderWay {
    std::int64_t superstep = -1;
    std::size_t buffer = 0;
    double blocked = 0;
    double write_seconds = 0;                   // of the slowest rank, of all attempts
    bool again = false;                         // the disk was full, and space was made
    std::map<std::string, std::uint64_t> rows;  // of the job, by field
    std::vector<store::FieldHistory> history;   // of the aggregate, on rank 0
  };

  void start();
  void write_now();
  void write_streamed(UnderWay made, Moment const& moment, double started);
  void complete_now(double started, double counted);
  void explain_streaming();
  void stream_part();
  void write_part() noexcept;
  template <class Work>
  void attempt(Work const& work) noexcept;
  void note_failure(std::exception_ptr const& failure) noexcept;
  void fail(char const* words, int code);
  [[nodiscard]] store::PartHeading heading() const;
  [[nodiscard]] std::filesystem::path part_path() const;
  [[nodiscard]] std::optional<store::EarlierPart> earlier() const;
  void gather_parts();
  void commit(store::Manifest const& manifest) noexcept;
  void give_up_epoch() noexcept;
  void tidy() noexcept;
  void end_tidying();
  void complete_commits();
  void settle(Verdict verdict);
  [[nodiscard]] std::map<std::string, std::uint64_t> rows_of_job(std::vector<store::FieldPlan> const& fields) const;
  void reach(char const* point) const;

  World& world_;
  Placement const& placement_;
  RunSettings const& settings_;
  Ownership& ownership_;
  std::vector<PartitionId> mine_;
  HostedKernels& kernels_;
  StateSnapshot state_;
  AggregateHistory history_;
  std::optional<store::CheckpointDirectory> directory_;
  store::Identity identity_;

  Phase phase_ = Phase::idle;
  bool tidies_in_commit_ = false;  // another epoch waits already: no superstep is spent on telling that it may begin
  UnderWay now_;
  std::optional<UnderWay> next_;
  SnapshotBuffers buffers_;
  std::optional<Moment> streamed_;  // while the epoch under way is written without a copy of it
  bool streaming_explained_ = false;
  std::unique_ptr<store::BlockSums> sums_;

  // Of the thread while it is busy, of the main thread otherwise.
  std::optional<store::WrittenPart> part_, committed_part_;
  std::int64_t committed_part_epoch_ = -1;
  bool failed_ = false;  // the part was not written; on rank 0 in a commit: some part
  std::string failure_;  // why the part or the epoch was not written
  int failure_code_ = 0;
  double part_seconds_ = 0, commit_seconds_ = 0;
  Verdict verdict_ = Verdict::dropped;
  std::exception_ptr fatal_;
  std::optional<LastWord> last_word_;

  CheckpointFigures figures_;
  bool last_committed_ = false;
  store::WriterThread writer_;  // the last: it ends before what it works on
};

}  // namespace pel::engine
