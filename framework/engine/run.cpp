#include "engine/run.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/machine.hpp"
#include "engine/agreement.hpp"
#include "engine/checkpointer.hpp"
#include "engine/mailroom.hpp"
#include "engine/placement.hpp"
#include "engine/result_writer.hpp"
#include "pel/error.hpp"

namespace pel::engine {
namespace {

class Run {
 public:
  Run(World& world, RunSettings const& settings, HostedKernels& kernels)
      : world_(world),
        settings_(settings),
        kernels_(kernels),
        placement_(Placement::contiguous(settings.partitions, world.ranks())),
        mine_(placement_.partitions_of(world.rank())),
        mailroom_(world, placement_),
        checkpointer_(world, placement_, settings, kernels),
        awake_(mine_.size(), 1),
        contributions_(mine_.size()),
        published_(mine_.size()) {}

  RunOutcome all() {
    auto const started = base::monotonic_seconds();
    construct();
    first_ = checkpoints_wanted() ? restore_or_start() : 0;
    refresh_halos();
    auto const constructed = base::monotonic_seconds();
    outcome_.construct_seconds = constructed - started;
    supersteps();
    outcome_.checkpoint_seconds = checkpointer_.seconds();
    auto const computed = base::monotonic_seconds();
    outcome_.run_seconds = computed - constructed - saving_seconds_;
    if (settings_.digest || !settings_.outputs.empty()) outcome_.digest = results();
    outcome_.write_seconds = base::monotonic_seconds() - computed;
    return outcome_;
  }

 private:
  [[nodiscard]] bool checkpoints_wanted() const {
    return settings_.checkpoint_every > 0 || settings_.resume != Resume::no;
  }

  void construct() {
    kernels_.resize(mine_.size(), world_.workers().threads());
    world_.together(Site::construct, world_.where(kernels_.name(), "construct"), mine_, [&](std::size_t slot, int) {
      kernels_.construct(slot, {mine_[slot], settings_.partitions});
    });
    bind_halos();
  }

  void refresh_halos() {
    for (auto const& field : halos_.fields()) world_.communicate("halo", [&] { field->refresh(); });
  }

  void bind_halos() {
    world_.together(Site::construct, "bind halos", [&] {
      for (std::size_t slot = 0; slot < mine_.size(); ++slot) kernels_.bind_halos(slot, halos_);
    });
    auto const mine = halos_.description();
    auto const all = world_.communicator().all_gather(mine);
    world_.together(Site::construct, "halo names", [&] {
      if (std::any_of(all.begin(), all.end(), [&](std::string const& other) { return other != all[0]; }))
        throw std::logic_error("serialize() names halos in another order, or others, in some partitions");
    });
  }

  // The first superstep to run.
  std::int64_t restore_or_start() {
    checkpointer_.identify();
    if (settings_.resume != Resume::no) {
      if (auto const epoch = checkpointer_.restore(awake_)) {
        outcome_.resumed_from = *epoch;
        return *epoch + 1;
      }
      if (settings_.resume == Resume::must && !checkpointer_.other_run_has_epochs())
        throw_agreed(NoCheckpoint(settings_.checkpoint_dir, "none there that is whole"));
      world_.log().info("no usable checkpoint in " + settings_.checkpoint_dir + ": starting at superstep 0");
    }
    if (settings_.checkpoint_every > 0) checkpointer_.start_afresh();
    return 0;
  }

  // For a failure that every rank finds by itself.
  template <class Error>
  void throw_agreed(Error const& error) {
    world_.together(Site::restore, "restore", [&] { throw error; });
  }

  void supersteps() {
    for (auto s = first_;; ++s) {
      auto const& agreed = compute(s);
      auto const failure = fold(s, agreed);
      mailroom_.deliver(agreed);
      exchange_halos(agreed.halos);
      if (failure) world_.join_with(failure, world_.where(kernels_.name(), "fold", s));
      ++outcome_.supersteps;
      outcome_.last_superstep = s;
      if (agreed.going_on == 0 && agreed.messages == 0) return;
      if (settings_.checkpoint_every > 0 && (s + 1) % settings_.checkpoint_every == 0) checkpoint(s);
      if (settings_.rebuild_at == s) rebuild();
    }
  }

  // What the fold threw, for after the exchange: the other ranks count on this one in it, and agree only then.
  std::exception_ptr fold(std::int64_t s, Agreed const& agreed) {
    try {
      world_.fault().reach("fold", world_.rank(), s);
      kernels_.fold(agreed.contributions);
    } catch (...) {
      return std::current_exception();
    }
    return nullptr;
  }

  // All partitions that are awake or have mail, then the agreement of the superstep.
  Agreed const& compute(std::int64_t s) {
    running_.clear();
    for (std::size_t slot = 0; slot < mine_.size(); ++slot)
      if (awake_[slot] != 0 || !mailroom_.inbox(slot).empty() || kernels_.has_loaded_mail(slot))
        running_.push_back(slot);
    for (auto& bytes : contributions_) bytes.clear();
    std::fill(published_.begin(), published_.end(), std::uint64_t{0});
    report_.clear();
    report_.site = Site::superstep;
    where_ = world_.where(kernels_.name(), "superstep", s);
    world_.guarded(report_, where_, mine_, running_, [&](std::size_t slot, int worker) { step(s, slot, worker); });
    for (auto const slot : running_) {
      report_.going_on += awake_[slot];
      report_.halos |= published_[slot];
      if (!contributions_[slot].empty()) report_.contributions.push_back({mine_[slot], contributions_[slot]});
    }
    if (report_.failure.empty()) mailroom_.describe(report_);
    return world_.agreement().agree(report_);
  }

  void step(std::int64_t s, std::size_t slot, int worker) {
    StepFrame frame;
    frame.number = s;
    frame.partition = {mine_[slot], settings_.partitions};
    frame.seed = settings_.seed;
    frame.worker = worker;
    frame.inbox = mailroom_.inbox(slot);
    frame.local = mailroom_.local();
    frame.outgoing = &mailroom_.outgoing(slot);
    frame.contribution = &contributions_[slot];
    awake_[slot] = kernels_.step(slot, frame) == Vote::go_on ? 1 : 0;
    published_[slot] = frame.published;
  }

  void exchange_halos(std::uint64_t agreed) {
    for (std::size_t i = 0; i < halos_.fields().size(); ++i) {
      if ((agreed >> i & 1U) == 0) {
        halos_.fields()[i]->drop_unpublished(running_);
        continue;
      }
      std::vector<std::uint8_t> by_slot;
      for (auto const bits : published_) by_slot.push_back(static_cast<std::uint8_t>(bits >> i & 1U));
      world_.communicate("halo", [&] { halos_.fields()[i]->exchange(by_slot); });
    }
  }

  void checkpoint(std::int64_t s) {
    auto const started = base::monotonic_seconds();
    checkpointer_.save(s, mailroom_, awake_);
    saving_seconds_ += base::monotonic_seconds() - started;
  }

  void rebuild() {
    auto saved = checkpointer_.snapshot(settings_.rebuild_at, mailroom_, awake_);
    for (auto& field : kernels_.save_aggregate()) saved[0].push_back(std::move(field));
    construct();
    checkpointer_.put_into_kernels(saved, awake_);
    refresh_halos();
  }

  std::string results() {
    store::Attributes const attributes{{"app", settings_.app},
                                       {"kernel", kernels_.name()},
                                       {"superstep", outcome_.last_superstep},
                                       {"partitions", settings_.partitions}};
    return write_results(world_, placement_, kernels_, settings_.outputs, attributes);
  }

  World& world_;
  RunSettings const& settings_;
  HostedKernels& kernels_;
  Placement placement_;
  std::vector<PartitionId> mine_;
  Mailroom mailroom_;
  Checkpointer checkpointer_;
  HaloRegistry halos_;
  std::vector<std::uint8_t> awake_;                    // by slot: the last vote was go_on
  std::vector<std::vector<std::byte>> contributions_;  // by slot
  std::vector<std::uint64_t> published_;               // by slot: halos
  std::vector<std::size_t> running_;                   // slots that step in this superstep
  Report report_;
  Where where_;
  RunOutcome outcome_;
  std::int64_t first_ = 0;
  double saving_seconds_ = 0;
};

}  // namespace

RunOutcome run(World& world, RunSettings const& settings, HostedKernels& kernels) {
  world.together(Site::start, "start", [&] {
    if (static_cast<std::uint32_t>(world.ranks()) > settings.partitions)
      throw UsageError("--partitions",
                       std::to_string(settings.partitions) + " partitions cannot be shared by " +
                           std::to_string(world.ranks()) +
                           " ranks: start at most as many ranks as partitions, or ask for more partitions");
  });
  return Run(world, settings, kernels).all();
}

}  // namespace pel::engine
