// How datasets use the supersteps of a run: what each partition does in one, and mail that waits for the next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "base/function_ref.hpp"
#include "base/hash.hpp"
#include "engine/step_frame.hpp"
#include "pel/partition.hpp"

namespace pel {
class BadData;
}
namespace pel::engine {
class DrivenRun;
class JobCore;
class Memory;
}  // namespace pel::engine

namespace pel::data {

class LineCheck;

// One partition in one superstep.
struct Step {
  std::size_t slot = 0;  // of this rank's partitions
  engine::StepFrame& frame;

  [[nodiscard]] Partition partition() const noexcept { return frame.partition; }
  [[nodiscard]] int worker() const noexcept { return frame.worker; }
};

// A wide verb whose messages have been sent: they arrive in the next superstep, and are gone after it.
class Arriving {
 public:
  virtual ~Arriving() = default;
  // Makes the partition's result of its mail, and keeps it.
  virtual void land(Step& step) = 0;
  // All partitions have; `kept`: by land(), else whoever asked for the superstep has seen it pass.
  virtual void landed(bool kept) = 0;
  // The verb that sent it, for messages.
  [[nodiscard]] std::string const& verb() const noexcept { return verb_; }

 private:
  friend class Flow;
  std::string verb_;
};

using Contributions = std::span<std::span<std::byte const> const>;

// Of one job. Used from the main thread, on all ranks alike.
class Flow {
 public:
  explicit Flow(engine::JobCore& job);
  ~Flow();
  Flow(Flow const&) = delete;
  Flow& operator=(Flow const&) = delete;

  [[nodiscard]] engine::JobCore& job() noexcept { return job_; }
  [[nodiscard]] engine::DrivenRun& run();
  [[nodiscard]] std::shared_ptr<engine::Memory> const& memory();
  [[nodiscard]] std::uint32_t partitions();
  [[nodiscard]] std::size_t slots();    // partitions of this rank
  [[nodiscard]] std::size_t workers();  // threads of this rank

  // One superstep: step(Step&) for each partition, fold(contributions) where it is given. `passing`: mail that `step`
  // reads itself, as it comes; all other mail lands before. Collective: all ranks. Throws: what either throws;
  // StoppedOnPurpose.
  void superstep(std::string const& name, base::FunctionRef<void(Step&)> step,
                 base::FunctionRef<void(Contributions)> fold = {}, Arriving const* passing = nullptr);
  // Does what may fail on one rank alone: opens an input, called `name` in messages. Collective: all ranks. Throws: on
  // all of them what `open` throws on one.
  void open(std::string const& name, base::FunctionRef<void()> open);
  // From now on, where a superstep refuses a line of this check's input, all bad lines are told.
  void watch_lines(std::weak_ptr<LineCheck const> check);
  // Loads what a checkpoint holds of a name. Collective: all ranks. Throws: on all of them: ForeignCheckpoint where
  // `load` throws OtherType; what else it throws on one.
  void restore(std::string const& name, base::FunctionRef<void()> load);
  // What random numbers depend on: the seed of the job, and the number of a verb in the program. Verbs of a round are
  // numbered by (name of the iteration, round), so that a restart, which leaves rounds out, gives them the same ones.
  [[nodiscard]] std::uint64_t seed();
  [[nodiscard]] std::uint64_t number_verb() noexcept { return base::stable_hash(scope_ + verbs_++); }
  // A line of the log that users read at the level of information; on rank 0 alone.
  void tell(std::string const& line);
  // A warning of this rank, whichever it is. From any thread.
  void warn(std::string const& line);
  // Something has been written that is part of the result.
  void add_to_digest(base::Digest const& digest);

  // While there is one, what is written is no part of the result.
  class InRound {
   public:
    explicit InRound(Flow& flow) : flow_(flow) { ++flow_.rounds_; }
    ~InRound() { --flow_.rounds_; }
    InRound(InRound const&) = delete;
    InRound& operator=(InRound const&) = delete;

   private:
    Flow& flow_;
  };

  // While there is one, verbs are numbered anew.
  class Numbering {
   public:
    Numbering(Flow& flow, std::string const& name, std::int64_t round);
    ~Numbering();
    Numbering(Numbering const&) = delete;
    Numbering& operator=(Numbering const&) = delete;

   private:
    Flow& flow_;
    std::uint64_t scope_, verbs_;
  };

  // What was sent in the superstep just done.
  void sent(std::shared_ptr<Arriving> mail);
  // In a superstep: whether this mail is read as it comes.
  [[nodiscard]] bool is_passing(Arriving const* mail) const noexcept { return passing_ == mail; }

 private:
  void refuse_all_like(BadData const& refused);

  engine::JobCore& job_;
  std::shared_ptr<Arriving> arriving_;
  Arriving const* passing_ = nullptr;
  std::vector<std::weak_ptr<LineCheck const>> checks_;
  std::string last_;  // superstep
  int rounds_ = 0;
  std::uint64_t scope_ = 0, verbs_ = 0;
};

// The flow of a job: made when it is first asked for.
[[nodiscard]] std::shared_ptr<Flow> const& made_flow(std::shared_ptr<Flow>& flow, engine::JobCore& job);

// Adds a plain value to the partition's contribution.
template <class T>
void contribute(Step& step, T const& value) {
  auto& bytes = *step.frame.contribution;
  auto const at = bytes.size();
  bytes.resize(at + sizeof value);
  std::memcpy(bytes.data() + at, &value, sizeof value);
}

}  // namespace pel::data
